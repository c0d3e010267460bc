using System.Collections.Immutable;

namespace Fleet.Server.Domain.Hosts;

/// <summary>
/// Who said hello with one identity, in turns. A boot ends when another begins, so one that comes back after another is proof that both run: a disk was
/// cloned with its key. Before that the newest wins, since that is what a restart looks like; after it whoever is connected stays, or the two would
/// throw each other out for ever.
/// </summary>
/// <param name="Recent">The last boots, the newest last.</param>
/// <param name="ProvenAt">When two were last seen to take turns; null for never.</param>
/// <param name="At">When the newest hello was said, by the clock of the server that it was said to; null for never.</param>
internal sealed record IdentityTurns(ImmutableList<Greeter> Recent, DateTimeOffset? ProvenAt, DateTimeOffset? At = null)
{
    private const int Kept = 4;

    // News travels in milliseconds. What seems older by more than this was said to a server whose clock is wrong, and is the newest.
    private static readonly TimeSpan LatestNews = TimeSpan.FromSeconds(10);
    public static readonly IdentityTurns None = new([], null);

    /// <summary>Takes a hello in.</summary>
    /// <param name="greeter">Who says it.</param>
    /// <param name="occupied">Whether a connection of the identity stands besides the one that says it.</param>
    /// <param name="now">When.</param>
    public (IdentityTurns After, TurnOutcome Outcome) Take(Greeter greeter, bool occupied, DateTimeOffset now)
    {
        Greeter? last = Recent.IsEmpty ? null : Recent[^1];
        if (last?.Boot == greeter.Boot)
        {
            return (this with { Recent = Recent.SetItem(Recent.Count - 1, greeter), At = now }, TurnOutcome.Welcome);
        }

        int known = Recent.FindIndex(other => other.Boot == greeter.Boot);
        ImmutableList<Greeter> others = known < 0 ? Recent : Recent.RemoveAt(known);
        if (known < 0)
        {
            ImmutableList<Greeter> kept = others.Count >= Kept ? others.RemoveAt(0) : others;
            return (this with { Recent = kept.Add(greeter), At = now }, TurnOutcome.Welcome);
        }

        // Who is refused stays known, before the one that stays: its next try is proof again.
        return occupied
            ? (new IdentityTurns(others.Insert(others.Count - 1, greeter), now, now), TurnOutcome.Refused)
            : (new IdentityTurns(others.Add(greeter), now, now), TurnOutcome.Proven);
    }

    /// <summary>Whether news of a hello that was said at that moment is overtaken by one that is known already.</summary>
    public bool Overtakes(DateTimeOffset said) => At is { } newest && said < newest && newest - said < LatestNews;

    /// <summary>Takes in a hello that was said before the newest one.</summary>
    public IdentityTurns TakeOvertaken(Greeter greeter) => Recent.Exists(other => other.Boot == greeter.Boot)
        ? this
        : this with { Recent = Recent.RemoveRange(0, Math.Max(0, Recent.Count - Kept + 1)).Insert(Math.Min(Recent.Count, Kept - 1) - 1, greeter) };

    /// <summary>What tells the two machines apart, one sentence.</summary>
    public string Note() => Recent.Count < 2
        ? ""
        : $"{Name(Recent[^1])} and {Name(Recent[^2])} use its key in turns; one is a copy of the other's disk.";

    private static string Name(Greeter greeter) => $"the machine at {greeter.Address} (boot {(greeter.Boot.Length > 8 ? greeter.Boot[..8] : greeter.Boot)})";
}
