using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Http.Filters;

namespace Fleet.Server.Features.Attestation;

/// <summary>What the filter of the list of standings can ask about.</summary>
internal sealed class AttestationSelectable(AttestationView view) : ISelectable
{
    public static readonly FilterFields Fields = new FilterFields(["state", "check", "host", "hostname", "function", "address", "vendor", "device", "profile", "quarantined", "identity"])
        .Words<AttestationState>("state").Flags("quarantined");

    public bool Knows(string field) => Fields.Names.Contains(field) || field is "any";

    public IEnumerable<string> Values(string field) => field switch
    {
        "state" => [WireNames.Of(view.State)],
        "check" => Text(view.Check),
        "host" or "hostname" => [view.HostName, view.Host.ToString()],
        "function" or "address" => [view.Address.ToString(), view.Function.ToString()],
        "vendor" => [view.VendorId, "0x" + view.VendorId],
        "device" => [view.DeviceId, "0x" + view.DeviceId],
        "profile" => Text(view.Profile),
        "quarantined" => [view.Quarantined is null ? "false" : "true"],
        "identity" => Text(view.Identity),
        "any" => Text(view.HostName, view.Address.ToString(), view.DeviceName, view.Reason, view.Check, view.Profile, WireNames.Of(view.State)),
        _ => [],
    };

    private static IEnumerable<string> Text(params string?[] values) => values.OfType<string>();
}
