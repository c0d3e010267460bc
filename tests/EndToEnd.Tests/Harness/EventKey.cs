namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>Which event: no two are numbered alike.</summary>
internal readonly record struct EventKey(string Host, long Epoch, long Sequence)
{
    /// <summary>Of the server's own events: hosts that joined or went, gaps that it found.</summary>
    public const long ServerEpoch = 0;
}
