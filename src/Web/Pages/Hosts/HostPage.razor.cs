using System.Net;
using Fleet.Client;
using Fleet.Contracts;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Hosts;

public sealed partial class HostPage
{
    /// <summary>The host's identity.</summary>
    [Parameter] public required string Id { get; set; }

    protected override string Key => Id;

    protected override bool Continues => false;

    // About a screen: beside them policies and below them events are to be found.
    private const int MostFunctions = 24;

    protected override TimeSpan Pace => TimeSpan.FromMilliseconds(300);

    protected override bool Watches(string topic) => true;

    protected override async Task<HostModel> ReadAsync(CancellationToken ct)
    {
        if (!HostId.TryParse(Id, out HostId id))
        {
            throw new FleetApiException(HttpStatusCode.NotFound, ErrorCodes.NotFound, "There is no such host", null);
        }

        Task<Page<FunctionView>> functions = Api.ListFunctionsAsync(new ListQuery($"host:{id}", Limit: MostFunctions), ct);
        Task<Page<FleetEvent>> events = Api.ListEventsAsync(new ListQuery($"host:{id}", Limit: 12), ct);
        Tagged<HostView> host = await Api.GetHostAsync(id, ct);
        return new HostModel(host, await functions, await events);
    }
}
