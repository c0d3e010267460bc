namespace Fleet.Server.Domain.Attestation;

/// <summary>How often is attested, how long evidence counts, and how much goes on at once. Reference values may ask for other intervals and ages.</summary>
internal sealed record AttestationTimes
{
    public TimeSpan Every { get; init; } = TimeSpan.FromHours(6);

    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long nonces live: evidence that comes later proves nothing.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Wait before the next attempt after one that said nothing; it doubles each time up to the interval.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait after a reset: agents leave a function's mailboxes alone for 10 s then, and tell of it a moment later.</summary>
    public TimeSpan AfterReset { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Share of an interval by which it is shortened at random, so that a fleet does not attest all at once.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>Attestations under way at once on one host, and in all.</summary>
    public int PerHost { get; init; } = 2;

    public int InAll { get; init; } = 64;

    /// <summary>Plans made after one that did not fit the device.</summary>
    public int Replans { get; init; } = 2;

    /// <summary>How long evidence is kept at least; what a standing rests on is kept as long as it does.</summary>
    public TimeSpan KeepEvidence { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long evidence of a failure is kept at least.</summary>
    public TimeSpan KeepFailures { get; init; } = TimeSpan.FromDays(400);

    public TimeSpan EveryOf(ReferenceValues? values) => values?.Document.Schedule?.Every ?? Every;

    public TimeSpan MaxAgeOf(ReferenceValues? values) => values?.Document.Schedule?.MaxAge ?? MaxAge;

    /// <summary>When to attest again.</summary>
    /// <param name="failures">Attempts in a row that said nothing.</param>
    /// <param name="random">From 0 to 1.</param>
    public DateTimeOffset Next(DateTimeOffset now, TimeSpan every, int failures, double random)
    {
        TimeSpan wait = failures > 0 ? Retry * Math.Pow(2, Math.Min(failures - 1, 16)) : every;
        wait = wait > every ? every : wait;
        return now + (wait * (1 - (Jitter * random)));
    }
}
