namespace Fleet.Web.Pages.Functions.Lanes;

/// <summary>What is drawn, in words: what every mailbox has, and the rest when it happens.</summary>
public static class LaneLegend
{
    private static readonly Entry[] All =
    [
        new("hold", "held"), new("claim", "claimed"), new("lease", "leased"), new("wait", "waited"), new("refuse", "refused"), new("would-refuse", "would refuse"),
        new("virtualise", "own registers"), new("allow", "allowed"), new("bypass", "went around"), new("unknown", "unknown"), new("fault", "fault"),
    ];

    public static IEnumerable<Entry> Of(LaneChart? chart) =>
        All.Where(entry => entry.Kind is "hold" or "wait" or "refuse" or "fault" || chart?.All.Any(mark => mark.Kind == entry.Kind) is true);

    /// <summary>A kind of mark and its word.</summary>
    public sealed record Entry(string Kind, string Word);
}
