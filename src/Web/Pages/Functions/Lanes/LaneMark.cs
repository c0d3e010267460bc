using Fleet.Contracts;
using Fleet.Web.Charts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Functions.Lanes;

/// <summary>Something on a lane, from when to when.</summary>
public sealed record LaneMark
{
    /// <summary>"hold", "claim", "lease", "fault", "bypass", "state", "unknown", or a decision's word: how it is drawn.</summary>
    public required string Kind { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Its beginning is not known: it began before what was read.</summary>
    public bool OpenStart { get; init; }

    /// <summary>Its end is not known: it still lasts, or nothing tells.</summary>
    public bool OpenEnd { get; init; }

    /// <summary>Occurrences that it stands for.</summary>
    public long Count { get; init; } = 1;

    /// <summary>What happened, where its kind alone does not say it.</summary>
    public string? What { get; init; }

    /// <summary>The longest wait among them, in milliseconds; null where none is known.</summary>
    public long? Longest { get; init; }

    /// <summary>The whole sentence of the event; of the newest where it stands for several.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The process, as it was then.</summary>
    public Caller? Caller { get; init; }

    /// <summary>Who holds it, where no event of the process is at hand.</summary>
    public string? Holder { get; init; }

    /// <summary>The DOE feature concerned.</summary>
    public string? Feature { get; init; }

    /// <summary>A hold or claim: drawn as a bracket above the bars.</summary>
    public bool Bracket => Kind is "hold" or "claim" or "lease";

    /// <summary>"waited 5.4 s", "214 refused", "hold 4.9 s".</summary>
    public string Word => (Bracket, Kind, Count) switch
    {
        (true, _, _) when OpenEnd => $"{What ?? Kind}, no end told",
        (true, _, _) when OpenStart => What ?? $"{Kind} ended",
        (true, _, _) => $"{(What is null ? Kind : What + " after")} {Show.Lasted(To - From)}",
        (_, "wait", 1) => Longest is { } waited ? $"waited {Show.Lasted(TimeSpan.FromMilliseconds(waited))}" : "waited",
        (_, "wait", _) => $"{Show.Count(Count)} waited{(Longest is { } longest ? $", {Show.Lasted(TimeSpan.FromMilliseconds(longest))} at most" : "")}",
        (_, _, 1) => Plain,
        _ => $"{Show.Count(Count)} × {Plain}",
    };

    /// <summary>Glyph and colour of its word.</summary>
    public Tone Tone => Look with { Word = Word };

    private Tone Look => Kind switch
    {
        "fault" => new Tone("", "bad", "bad"),
        "bypass" => new Tone("", "warn", "warn"),
        "hold" or "claim" => new Tone("", "lock", ""),
        "lease" => new Tone("", "warn", "warn"),
        "state" => new Tone("", "mailboxes", ""),
        "unknown" => new Tone("", "unknown", "unknown"),
        _ => Tones.Of(Decision),
    };

    private string Plain => What ?? (Kind is "unknown" ? Kind : Tones.Of(Decision).Word);

    private Decision Decision => Enum.GetValues<Decision>().FirstOrDefault(d => Marks.Of(d) == Kind, Decision.Unknown);
}
