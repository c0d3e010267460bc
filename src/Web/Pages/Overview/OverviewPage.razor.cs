using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Charts;
using Fleet.Web.Text;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Overview;

public sealed partial class OverviewPage
{
    private HeatGrid? _grid;

    [SupplyParameterFromQuery(Name = "range")] public string? RangeName { get; set; }

    private OverviewRange Range => OverviewRange.Of(RangeName);

    protected override TimeSpan Pace => TimeSpan.FromSeconds(1);

    protected override bool Watches(string topic) => true;

    protected override async Task<OverviewModel> ReadAsync(CancellationToken ct)
    {
        (DateTimeOffset from, DateTimeOffset to) = Range.Around(Time.GetUtcNow());
        ContentionQuery query = new() { From = from, To = to };
        Task<OverviewView> fleet = Api.GetOverviewAsync(ct);
        Task<ContentionSeries> decisions = Api.GetContentionAsync(query with { By = ["decision"], StepSeconds = Range.StepSeconds }, ct);
        Task<ContentionSeries> tools = Api.GetContentionAsync(query with { By = ["caller", "device"] }, ct);
        Task<Page<RolloutView>> rollouts = Api.ListRolloutsAsync(new ListQuery(Limit: 20), ct);
        Task<Page<HostView>> hosts = Api.ListHostsAsync(new ListQuery(Limit: 200), ct);
        await Task.WhenAll(fleet, decisions, tools, rollouts, hosts);
        return new OverviewModel(await fleet, await decisions, await tools, (await rollouts).Items, await hosts);
    }

    protected override void OnParametersSet() => Lay();

    protected override void OnRead() => Lay();

    private void Lay() => _grid = Model is null ? null : HeatGrid.Of(Model.ByTool, "caller", "device");

    // What nearly every fleet has is shown even at 0; the rest when it happens.
    private static bool IsShown(OverviewModel model, Decision decision) =>
        decision is Decision.Allow or Decision.WouldRefuse or Decision.Refuse || TotalOf(model, decision) > 0;

    private static long TotalOf(OverviewModel model, Decision decision) =>
        model.ByDecision.Groups.Where(g => Marks.OfKey(g.Key.GetValueOrDefault("decision", "")) == Marks.Of(decision)).Sum(g => g.Count);

    private static string DecisionLink(Decision decision) =>
        Links.Events($"kind:contention.* and decision:{Marks.Of(decision)}");

    // Events carry no device; the list behind a cell is the tool's.
    private static string CellLink(string caller, string _) =>
        Links.Events($"kind:contention.* and {FilterText.Term("comm", caller)}");
}
