using System.Threading.RateLimiting;
using Fleet.Server.Hosting;

namespace Fleet.Server.Features.Enrolment;

/// <summary>
/// How many refusals of all addresses together are answered in words, logged and written down: as many as one address may ask for. Who has many addresses has
/// no more of it; who may join is not counted.
/// </summary>
internal sealed class RefusedJoins(ServerOptions options) : IDisposable
{
    public const string SecondsToRetry = "10";
    private readonly TokenBucketRateLimiter _limiter = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = RateLimits.EnrolmentBurst * options.EnrolRate,
        TokensPerPeriod = options.EnrolRate,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
    });

    public bool MayTell()
    {
        using RateLimitLease lease = _limiter.AttemptAcquire();
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();
}
