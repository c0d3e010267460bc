using Fleet.Contracts;

namespace Fleet.Policy;

internal sealed class EventSelectable(FleetEvent fleetEvent) : ISelectable
{
    public bool Knows(string field) => Selectables.EventFields.Contains(field) || field is "any";

    public IEnumerable<string> Values(string field) => field switch
    {
        "id" => [fleetEvent.Id],
        "kind" => [fleetEvent.Kind],
        "time" => FieldValues.Time(fleetEvent.Time),
        "host" or "hostname" => FieldValues.Text(fleetEvent.HostName, fleetEvent.Host.ToString()),
        "function" or "address" => FieldValues.Text(fleetEvent.Function?.ToString()),
        "comm" => FieldValues.Text(fleetEvent.Caller?.Comm),
        "exe" => FieldValues.Text(fleetEvent.Caller?.Exe),
        "pid" => FieldValues.Number(fleetEvent.Caller?.Pid),
        "uid" => FieldValues.Number(fleetEvent.Caller?.Uid),
        "loginuid" => FieldValues.Number(fleetEvent.Caller?.LoginUid),
        "unit" => FieldValues.Text(fleetEvent.Caller?.Unit),
        "container" => FieldValues.Text(fleetEvent.Caller?.Container),
        "decision" => FieldValues.Name(fleetEvent.Decision),
        "operation" => FieldValues.Name(fleetEvent.Operation),
        "offset" => FieldValues.Offset(fleetEvent.Offset),
        "length" => FieldValues.Number(fleetEvent.Length),
        "holder" => FieldValues.Text(fleetEvent.Claim?.Holder),
        "source" => FieldValues.Name(fleetEvent.Claim?.Source),
        "feature" => FieldValues.Text(fleetEvent.Feature),
        "fault" => FieldValues.Text(fleetEvent.Fault),
        "count" => FieldValues.Number(fleetEvent.Count),
        "detail" => FieldValues.Text(fleetEvent.Detail),
        "any" => FieldValues.Text(
            fleetEvent.Kind, fleetEvent.HostName, fleetEvent.Function?.ToString(), fleetEvent.Caller?.Comm, fleetEvent.Caller?.Exe,
            fleetEvent.Caller?.Unit, fleetEvent.Claim?.Holder, fleetEvent.Detail),
        _ => FieldValues.None,
    };
}
