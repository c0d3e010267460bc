using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Agent.Uplink;

/// <summary>
/// Renews the host's certificate over its link before it expires. The old one stays good until the server has seen the new one, and the new one is on disk
/// before it is shown; so whatever is killed at whatever step, one of the two lets the host in.
/// </summary>
internal sealed class Renewal(LinkStanding standing, IdentityFiles files, string hostName, TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(6);
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);
    private readonly SemaphoreSlim _rescheduled = new(0, 1);
    private readonly Lock _gate = new();
    private DateTimeOffset _due = Spread(standing, standing.Identity.RenewAt);

    /// <summary>The server says when; null leaves it at what the identity says.</summary>
    public void Schedule(DateTimeOffset? at, bool exactly = false)
    {
        if (at is null)
        {
            return;
        }

        lock (_gate)
        {
            _due = exactly ? at.Value : Spread(standing, at.Value);
            if (_rescheduled.CurrentCount is 0)
            {
                _rescheduled.Release();
            }
        }
    }

    /// <summary>Returns when the identity has been renewed and stored; the connection is then to be made anew with it.</summary>
    public async Task RunAsync(Func<RenewRequest, CancellationToken, Task<RenewReply?>> ask, CancellationToken ct)
    {
        while (true)
        {
            await WaitAsync(ct);
            try
            {
                await RenewAsync(ask, ct);
                return;
            }
            catch (Exception e) when (e is HubException or LinkException or EnrolmentException)
            {
                TimeSpan left = standing.Identity.NotAfter - standing.ServerNow;
                TimeSpan pause = TimeSpan.FromTicks(Math.Clamp(left.Ticks / 20, ShortestRetry.Ticks, LongestRetry.Ticks));
                log.RenewalFailed(hostName, e.Message, standing.Identity.NotAfter, pause.TotalSeconds);
                Schedule(standing.ServerNow + pause, exactly: true);
            }
        }
    }

    public void Dispose() => _rescheduled.Dispose();

    private async Task RenewAsync(Func<RenewRequest, CancellationToken, Task<RenewReply?>> ask, CancellationToken ct)
    {
        AgentIdentity before = standing.Identity;
        using ECDsa key = files.PrepareNextKey(before);
        CertificateRequest request = new($"CN={before.Host}", key, HashAlgorithmName.SHA256);
        RenewReply reply = await ask(new RenewRequest(Convert.ToBase64String(request.CreateSigningRequest())), ct)
            ?? throw new LinkException("The server answered the renewal with null.");
        AgentIdentity renewed = files.StoreRenewed(before, reply, key);
        standing.Identity = renewed;
        log.CertificateRenewed(hostName, renewed.NotAfter);
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        while (true)
        {
            TimeSpan left;
            lock (_gate)
            {
                left = _due - standing.ServerNow;
            }

            if (left <= TimeSpan.Zero)
            {
                return;
            }

            // Not longer at once: the clock may be set, and timers end at 49 days.
            using CancellationTokenSource turn = new(left < LongestWait ? left : LongestWait, time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(turn.Token, ct);
            try
            {
                await _rescheduled.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // The time is over, or it is time to look at the clock again.
            }
        }
    }

    // A fleet that joined in one minute does not renew in one. What is due soon, the server has spread; what is overdue waits no longer.
    private static DateTimeOffset Spread(LinkStanding standing, DateTimeOffset at)
    {
        if (at < standing.ServerNow + Soon)
        {
            return at;
        }

        TimeSpan room = standing.Identity.NotAfter - at;
#pragma warning disable CA5394 // Spreads load; guards nothing.
        return room > TimeSpan.Zero ? at + (room * (Random.Shared.NextDouble() / 5)) : at;
#pragma warning restore CA5394
    }
}
