namespace Fleet.Server.Identity.ApiTokens;

/// <summary>An answer that stays open until <see cref="Ended"/> is cancelled.</summary>
internal sealed class OpenStream(CancellationTokenSource source, ITimer? end, Action close) : IDisposable
{
    public CancellationToken Ended { get; } = source.Token;

    public void Dispose()
    {
        close();
        end?.Dispose();
        source.Dispose();
    }
}
