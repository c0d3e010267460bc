using System.Globalization;
using System.Threading.RateLimiting;
using Fleet.Contracts;
using Fleet.Server.Http;

namespace Fleet.Server.Hosting;

/// <summary>How often one address may try what needs no credentials yet.</summary>
internal static class RateLimits
{
    public const string Enrolment = "enrolment";
    public const string SignIn = "sign-in";

    /// <summary>So many seconds' worth may come at once.</summary>
    public const int EnrolmentBurst = 20;

    public static IServiceCollection AddRateLimits(this IServiceCollection services, int enrolRate) => services.AddRateLimiter(limiter =>
    {
        // A rack of hosts behind one address joins at once: the burst is large, what follows is not. Where a whole site comes from behind one
        // address the operator raises the rate.
        limiter.AddPolicy(Enrolment, http => PerAddress(http, burst: EnrolmentBurst * enrolRate, perSecond: enrolRate));
        limiter.AddPolicy(SignIn, http => PerAddress(http, burst: 20, perSecond: 1));
        limiter.OnRejected = async (context, ct) =>
        {
            double seconds = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after) ? Math.Max(1, after.TotalSeconds) : 1;
            context.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(seconds).ToString(CultureInfo.InvariantCulture);
            await Problems.Of(StatusCodes.Status429TooManyRequests, ErrorCodes.TooMany, "Too many requests from this address; try again after Retry-After seconds.")
                .ExecuteAsync(context.HttpContext);
        };
    });

    private static RateLimitPartition<AddressBlock> PerAddress(HttpContext http, int burst, int perSecond) => RateLimitPartition.GetTokenBucketLimiter(
        AddressBlock.Of(http.Connection.RemoteIpAddress),
        _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
}
