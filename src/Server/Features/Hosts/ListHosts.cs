using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Http;
using Fleet.Server.Http.Filters;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Hosts;

internal static class ListHosts
{
    // What is well comes first, as the chips are read.
    private static readonly string[] States = ["live", "stale", "silent", "evicted", "banned"];

    private static readonly FleetList<Entry, HostView> List = new()
    {
        Fields = FleetFields.Hosts,
        Count = _ => 1,
        Entries = (views, host) => [new Entry(views, host)],
        View = entry => entry.Views.Preview(entry.Host),
        Selectable = Selectables.Of,
        Key = entry => SortKeys.Of(entry.Host.Name, entry.Host.Id),
        Columns = new SortColumns<Entry>()
            .Text("name", entry => entry.Host.Name)
            .Number("state", entry => Array.IndexOf(States, entry.Views.State(entry.Host)))
            .Time("seen", entry => entry.Views.LastSeen(entry.Host.Id))
            .Time("joined", entry => entry.Host.Joined)
            .Text("kernel", entry => entry.Host.Facts?.Kernel)
            .Text("agent", entry => entry.Host.Facts?.AgentVersion)
            .Number("mode", entry => (long?)entry.Host.Facts?.Mode)
            .Number("functions", entry => entry.Host.Functions.Count)
            .Number("mailboxes", entry => entry.Host.Functions.Sum(function => function.Mailboxes.Count))
            .Number("contentions", entry => entry.Views.LastHour.Of(entry.Host.Id)),
    };

    public static void Map(RouteGroupBuilder hosts) =>
        hosts.MapGet("/", Handle).WithName("listHosts").WithSummary("Hosts that joined, by name unless sorted otherwise").WithDescription(List.Columns.Sentence);

    private static Results<Ok<Page<HostView>>, ProblemHttpResult> Handle([AsParameters] SortedRequest request, FleetViews views) => FleetLists.Answer(request, views, List);

    private readonly record struct Entry(FleetViews Views, HostRecord Host);
}
