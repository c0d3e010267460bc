using Fleet.Client;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Web.Text;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Functions.Lanes;

public sealed partial class MailboxLanes
{
    private const int MostEvents = 500;
    private const string Kinds = "(kind:contention.* or kind:mailbox.* or kind:hold.* or kind:claim.* or kind:lease.* or kind:access.unknown)";

    // What began before the window, or is told of as one only after it, belongs into it as well: a hold lasts 30 s, repeats are gathered for as long.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);
    private LaneChart? _chart;

    [Parameter, EditorRequired] public required FunctionView Function { get; set; }

    /// <summary>The claims in force now.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<ClaimView> InForce { get; set; }

    [SupplyParameterFromQuery(Name = "span")] public string? Span { get; set; }

    [SupplyParameterFromQuery(Name = "until")] public string? Until { get; set; }

    /// <summary>Offset of the mailbox shown, where there are several.</summary>
    [SupplyParameterFromQuery(Name = "box")] public string? Box { get; set; }

    protected override string Key => $"{Function.Id}/{Span}/{Until}";

    protected override TimeSpan Pace => TimeSpan.FromMilliseconds(500);

    private MailboxFacts Mailbox => Function.Mailboxes.FirstOrDefault(m => Show.Offset(m.Offset) == Box) ?? Function.Mailboxes[0];

    // What is past does not change; what is shown up to now does.
    protected override bool Watches(string topic) => topic is "events" && Until is null;

    protected override async Task<LaneModel> ReadAsync(CancellationToken ct)
    {
        ListQuery query = new($"host:{Function.Host} and {Places()} and {Kinds}", Limit: MostEvents);
        DateTimeOffset now = Time.GetUtcNow();
        LaneWindow window = Span is null && Until is null
            ? LaneWindow.Around(Newest(await Api.ListEventsAsync(query with { Limit = 1 }, ct))?.Time, now)
            : LaneWindow.Of(Span, Until, now);
        Task<Page<FleetEvent>> events = Api.ListEventsAsync(query with { Since = window.From - Margin, Until = window.To + Margin }, ct);
        Task<Page<FleetEvent>> losses = Api.ListEventsAsync(
            new ListQuery($"host:{Function.Host} and kind:{EventKinds.AgentLoss}", Limit: 20) { Since = window.From, Until = window.To + Margin }, ct);
        await Task.WhenAll(events, losses);
        FleetEvent? before = (await events).Items.Count is 0 ? Newest(await Api.ListEventsAsync(query with { Limit = 1, Until = window.From }, ct)) : null;
        return new LaneModel(window, await events, (await losses).Items, before);
    }

    private bool AtNow => Model is { } read && read.Window.To >= ReadAt.AddSeconds(-1);

    private TimeSpan Shown => Model?.Window.Span ?? LaneWindow.Spans[LaneWindow.IndexOf(Span)].Span;

    protected override void OnParametersSet() => Lay();

    protected override void OnRead() => Lay();

    private void Lay() => _chart = Model is null ? null : LaneChart.Of(Model, Mailbox, InForce, ReadAt);

    private static FleetEvent? Newest(Page<FleetEvent> page) => page.Items is [FleetEvent newest, ..] ? newest : null;

    // A hold is told of function 0 of its device, since one responder stands behind all of them.
    private string Places()
    {
        PciAddress own = Function.Address;
        string term = FilterText.Term("function", own.ToString());
        return own.Function is 0 ? term : $"({term} or (kind:hold.* and {FilterText.Term("function", new PciAddress(own.Domain, own.Bus, own.Device, 0).ToString())}))";
    }

    /// <summary>What the picture leaves out, in sentences.</summary>
    private IEnumerable<string> Limits(LaneChart chart)
    {
        if (chart.KnownFrom is { } from)
        {
            yield return $"Only the newest {Show.Count(Model!.Events.Items.Count)} events of this time are drawn, back to {Show.Clock(from)}; what was before is hatched. Choose a shorter time to see it.";
        }

        if (chart.Losses.Count > 0)
        {
            yield return $"Its agent lost events of this time: {chart.Losses[0].Detail}";
        }

        if (Function.HostState is not "live" && Until is null)
        {
            yield return $"{Function.HostName} is {Function.HostState}: what happened since then is told when its agent is back.";
        }
    }

    private string Move(int direction)
    {
        LaneWindow window = Model!.Window;
        DateTimeOffset until = window.To + (window.Span * direction / 2);
        return Navigation.GetUriWithQueryParameters(
            new Dictionary<string, object?> { ["span"] = NameOf(window.Span), ["until"] = until >= ReadAt ? null : Show.Machine(until) });
    }

    private string Now => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["span"] = NameOf(Shown), ["until"] = null });

    private static string NameOf(TimeSpan span) => LaneWindow.Spans.First(one => one.Span == span).Name;

    /// <summary>The next shorter time around a moment; at the shortest that moment in the middle.</summary>
    private string ZoomTo(DateTimeOffset at)
    {
        int index = Math.Max(0, LaneWindow.IndexOf(NameOf(Shown)) - 1);
        TimeSpan span = LaneWindow.Spans[index].Span;
        return Navigation.GetUriWithQueryParameters(
            new Dictionary<string, object?> { ["span"] = LaneWindow.Spans[index].Name, ["until"] = Show.Machine(at + (span / 2)) });
    }

    private string To(string name, string? value) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [name] = value });
}
