using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Text;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Lists;

public sealed partial class SearchPage
{
    private const int Shown = 8;

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    protected override async Task<SearchModel> ReadAsync(CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(Filter))
        {
            return new SearchModel(new([], null, 0), new([], null, 0), new([], null, 0));
        }

        ListQuery query = new(Filter.Trim(), Limit: Shown);
        Task<Page<HostView>> hosts = Api.ListHostsAsync(query, ct);
        Task<Page<FunctionView>> functions = Api.ListFunctionsAsync(query, ct);
        Task<Page<FleetEvent>> events = Api.ListEventsAsync(query, ct);
        SearchModel found = new(await FindAsync(hosts), await FindAsync(functions), await FindAsync(events));
        if (hosts.IsFaulted && functions.IsFaulted && events.IsFaulted)
        {
            // No kind understands it: that is a mistake in the filter, and saying "0" would hide it.
            await functions;
        }

        return found;
    }

    /// <summary>A field of one kind is unknown to the others: for those that is no match, not a fault.</summary>
    private static async Task<Page<T>> FindAsync<T>(Task<Page<T>> list)
    {
        try
        {
            return await list;
        }
        catch (FleetApiException e) when (e.Code is ErrorCodes.InvalidFilter)
        {
            return new Page<T>([], null, 0);
        }
    }

    private static string Count<T>(Page<T> page) => page.Total is { } total ? Show.Count(total) : page.Next is null ? Show.Count(page.Items.Count) : $"{Shown} or more";
}
