namespace Fleet.Server.Live;

/// <summary>Two machines use one identity.</summary>
/// <param name="At">When they last took turns.</param>
/// <param name="Note">What tells them apart, one sentence.</param>
internal sealed record TwiceFinding(DateTimeOffset At, string Note)
{
    /// <summary>How long it is shown after they were last seen to.</summary>
    public static readonly TimeSpan Holds = TimeSpan.FromHours(1);
}
