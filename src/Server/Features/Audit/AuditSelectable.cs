using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Http.Filters;

namespace Fleet.Server.Features.Audit;

/// <summary>What the filter of the audit trail can ask about.</summary>
internal sealed class AuditSelectable(AuditView entry) : ISelectable
{
    public static readonly FilterFields Fields = new FilterFields(["who", "action", "subject", "detail"]);

    public bool Knows(string field) => Fields.Names.Contains(field) || field is "any";

    public IEnumerable<string> Values(string field) => field switch
    {
        "who" => [entry.Who],
        "action" => [entry.Action],
        "subject" => [entry.Subject],
        "detail" => [entry.Detail],
        "any" => [entry.Who, entry.Action, entry.Subject, entry.Detail],
        _ => [],
    };
}
