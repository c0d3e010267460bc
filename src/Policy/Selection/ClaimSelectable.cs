using Fleet.Contracts;

namespace Fleet.Policy;

internal sealed class ClaimSelectable(ClaimView view) : ISelectable
{
    public bool Knows(string field) => Selectables.ClaimFields.Contains(field) || field is "any";

    public IEnumerable<string> Values(string field) => field switch
    {
        "id" => [view.Claim.Id],
        "host" or "hostname" => [view.HostName, view.Host.ToString()],
        "function" or "address" => [view.Claim.Function.ToString(), view.Function.ToString()],
        "offset" => FieldValues.Offset(view.Claim.Offset),
        "length" => FieldValues.Number(view.Claim.Length),
        "holder" => [view.Claim.Holder],
        "source" => FieldValues.Name<ClaimSource>(view.Claim.Source),
        "mode" => FieldValues.Name<EnforcementMode>(view.Claim.Mode),
        "onread" => FieldValues.Name<ClaimAction>(view.Claim.OnRead),
        "onwrite" => FieldValues.Name<ClaimAction>(view.Claim.OnWrite),
        "reason" => FieldValues.Text(view.Claim.Reason),
        "policy" => FieldValues.Text(view.Claim.Policy),
        "any" => FieldValues.Text(
            view.HostName, view.Claim.Function.ToString(), view.Claim.Holder, view.Claim.Reason, view.Claim.Policy),
        _ => FieldValues.None,
    };
}
