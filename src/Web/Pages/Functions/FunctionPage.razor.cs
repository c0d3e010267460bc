using System.Globalization;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Text;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Functions;

public sealed partial class FunctionPage
{
    private ConfigMap? _map;

    /// <summary>The function's identity.</summary>
    [Parameter] public required string Id { get; set; }

    /// <summary>Offset of the open capability, hexadecimal; "none" for none.</summary>
    [SupplyParameterFromQuery(Name = "cap")] public string? Open { get; set; }

    // The open capability is part of the address, but opening one needs no new read.
    protected override string Key => Id;

    protected override bool Continues => false;

    private int Selected =>
        Open is "none" ? -1
        : int.TryParse(Open, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int offset) ? offset
        : Model?.Detail.Function is not { } function ? -1
        : function.Mailboxes.Count > 0 ? function.Mailboxes[0].Offset
        : function.Capabilities.FirstOrDefault(c => c is { Extended: false, Id: 0x10 })?.Offset ?? 0;

    protected override TimeSpan Pace => TimeSpan.FromMilliseconds(300);

    protected override bool Watches(string topic) => topic is "events" or "functions" or "claims" or "attestations";

    protected override async Task<FunctionModel> ReadAsync(CancellationToken ct)
    {
        if (!FunctionId.TryParse(Id, out FunctionId id))
        {
            throw new FleetApiException(System.Net.HttpStatusCode.NotFound, ErrorCodes.NotFound, "There is no such function", null);
        }

        FunctionDetail detail = await Api.GetFunctionAsync(id, ct);
        string filter = $"host:{id.Host} and {FilterText.Term("function", id.Address.ToString())}";
        Page<FleetEvent> events = await Api.ListEventsAsync(new ListQuery(filter, Limit: 12), ct);
        AttestationView? standing = await Api.GetStandingAsync(id, ct);
        return new FunctionModel(detail, events, standing, standing is null ? [] : (await Api.ListAttestationsAsync(id, new ListQuery(null, Limit: 6), ct)).Items);
    }

    protected override void OnParametersSet() => Lay();

    protected override void OnRead() => Lay();

    private static string EventFilter(FunctionView function) =>
        $"{FilterText.Term("host", function.HostName)} and {FilterText.Term("function", function.Address.ToString())}";

    private void Lay() => _map = Model is null ? null : ConfigMap.Of(Model.Detail);

    private string LinkTo(int offset) => $"/functions/{Id}?cap={(offset < 0 ? "none" : Show.Offset(offset))}";
}
