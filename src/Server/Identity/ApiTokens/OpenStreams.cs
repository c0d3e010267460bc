using System.Security.Claims;

namespace Fleet.Server.Identity.ApiTokens;

/// <summary>Answers that stay open (streams), by the token that they were let in with: they end when it does, by its time or because somebody revoked it.</summary>
internal sealed class OpenStreams(ApiTokenCheck check, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<CancellationTokenSource>> _open = [];

    /// <summary>Begins an answer that stays open. Its token is cancelled when the request is, or the principal's API token ends.</summary>
    public async Task<OpenStream> OpenAsync(ClaimsPrincipal principal, CancellationToken ct)
    {
        if (ApiTokenCheck.IdOf(principal) is not { } token)
        {
            return new OpenStream(CancellationTokenSource.CreateLinkedTokenSource(ct), null, () => { });
        }

        CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(ct);
        ITimer? end = ApiTokenCheck.EndOf(principal) is { } at ? time.CreateTimer(_ => Cancel(source), null, Left(at), Timeout.InfiniteTimeSpan) : null;
        lock (_gate)
        {
            if (!_open.TryGetValue(token, out HashSet<CancellationTokenSource>? streams))
            {
                _open.Add(token, streams = []);
            }

            streams.Add(source);
        }

        OpenStream stream = new(source, end, () => Close(token, source));

        // Who was let in just before the token was revoked is looked at once more, now that a revocation finds the stream.
        try
        {
            if (!await check.StillHoldsAsync(token, ct))
            {
                Cancel(source);
            }

            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Ends what was let in with a token.</summary>
    public void Cut(string token)
    {
        CancellationTokenSource[] streams;
        lock (_gate)
        {
            streams = _open.TryGetValue(token, out HashSet<CancellationTokenSource>? found) ? [.. found] : [];
        }

        foreach (CancellationTokenSource stream in streams)
        {
            Cancel(stream);
        }
    }

    /// <summary>Looks at every token that holds something open: for news that never came.</summary>
    public async Task CatchUpAsync(CancellationToken ct)
    {
        string[] tokens;
        lock (_gate)
        {
            tokens = [.. _open.Keys];
        }

        foreach (string token in tokens)
        {
            if (!await check.StillHoldsAsync(token, ct))
            {
                Cut(token);
            }
        }
    }

    // A timer takes 49 days at most; who streams for longer is cut then, and comes again.
    private TimeSpan Left(DateTimeOffset end)
    {
        TimeSpan left = end - time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left > TimeSpan.FromDays(40) ? TimeSpan.FromDays(40) : left;
    }

    private void Close(string token, CancellationTokenSource source)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(token, out HashSet<CancellationTokenSource>? streams) && streams.Remove(source) && streams.Count is 0)
            {
                _open.Remove(token);
            }
        }
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself meanwhile.
        }
    }
}
