using Fleet.Contracts;

namespace Fleet.Policy;

internal sealed class HostSelectable(HostView host) : ISelectable
{
    private const string LabelPrefix = "label.";

    public bool Knows(string field) =>
        Selectables.HostFields.Contains(field) || field is "any" || field.StartsWith(LabelPrefix, StringComparison.Ordinal);

    public IEnumerable<string> Values(string field) => field switch
    {
        "host" or "name" or "hostname" => FieldValues.Text(host.Name, host.Id == default ? null : host.Id.ToString()),
        "id" => host.Id == default ? FieldValues.None : [host.Id.ToString()],
        "state" => [host.State],
        "kernel" => FieldValues.Text(host.Kernel),
        "lockdown" => FieldValues.Text(host.Lockdown),
        "tainted" => FieldValues.Flag(host.Tainted),
        "arch" => FieldValues.Text(host.Facts?.Architecture),
        "agent" => FieldValues.Text(host.AgentVersion),
        "intercept" => FieldValues.Text(host.Facts?.Intercept),
        "mode" => FieldValues.Name(host.Facts?.Mode),
        "sim" => FieldValues.Flag(host.Facts?.Simulated),
        "label" => host.Labels.SelectMany(l => new[] { $"{l.Key}={l.Value}", l.Key }),
        "token" => FieldValues.Text(host.JoinToken),
        "machine" => FieldValues.Text(host.Facts?.MachineId),
        "duplicate" => FieldValues.Flag(host.DuplicateMachineId),
        "replaced" => FieldValues.Flag(host.ReplacedBy is not null),
        "rejected" => FieldValues.Flag(host.Rejected is not null),
        "trouble" => FieldValues.Flag(host.SpoolTrouble is not null),
        "twice" => FieldValues.Flag(host.ConnectedTwice is not null),
        "policy" => host.Policies.Select(p => p.Name),
        "functions" => FieldValues.Number(host.Functions),
        "mailboxes" => FieldValues.Number(host.Mailboxes),
        "contentions" => FieldValues.Number(host.Contentions),
        "any" => FieldValues.Text(host.Name, host.Id.ToString(), host.State, host.Kernel).Concat(Values("label")),
        _ when field.StartsWith(LabelPrefix, StringComparison.Ordinal) && host.Labels.TryGetValue(field[LabelPrefix.Length..], out string? value) =>
            [value],
        _ => FieldValues.None,
    };
}
