using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Http;
using Fleet.Server.Http.Filters;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Functions;

internal static class ListFunctions
{
    private static readonly FleetList<Entry, FunctionView> List = new()
    {
        Fields = FleetFields.Functions,
        Count = host => host.Functions.Count,
        Entries = (views, host) => host.Functions.Select(facts => new Entry(views, host, facts)),
        View = entry => entry.Views.Of(entry.Host, entry.Facts),
        Selectable = Selectables.Of,
        Key = entry => SortKeys.Of(entry.Host.Name, entry.Host.Id, entry.Facts.Address),
        Columns = new SortColumns<Entry>()
            .Text("host", entry => entry.Host.Name)
            .Number("address", entry => SortKeys.Number(entry.Facts.Address))
            .Text("device", entry => entry.Facts.DeviceName is { } device ? $"{entry.Facts.VendorName} {device}" : entry.Facts.VendorName)
            .Text("id", entry => entry.Facts.VendorId + entry.Facts.DeviceId)
            .Text("class", entry => entry.Facts.ClassCode)
            .Text("driver", entry => entry.Facts.Driver)
            .Number("claims", entry => entry.Host.Claims.Count(claim => claim.Function == entry.Facts.Address))
            .Number("contentions", Contentions),
    };

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/functions", Handle).WithName("listFunctions").WithSummary("PCI functions of all hosts, by host and address unless sorted otherwise").WithDescription(List.Columns.Sentence);

    private static Results<Ok<Page<FunctionView>>, ProblemHttpResult> Handle([AsParameters] SortedRequest request, FleetViews views) => FleetLists.Answer(request, views, List);

    // Most hosts had none, and then none of their functions is looked up.
    private static long? Contentions(Entry entry)
    {
        ContentionHour hour = entry.Views.LastHour;
        return hour.Of(entry.Host.Id) is 0 ? 0 : hour.Of(entry.Host.Id, entry.Facts.Address);
    }

    private readonly record struct Entry(FleetViews Views, HostRecord Host, FunctionFacts Facts);
}
