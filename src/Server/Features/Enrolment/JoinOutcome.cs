using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Fleet.Server.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Features.Enrolment;

/// <summary>What came of asking to join: the answer, or why not and what of that goes into the audit trail.</summary>
internal sealed record JoinOutcome(EnrollReply? Reply, ProblemHttpResult? Problem, JoinAudit? Audit)
{
    public static JoinOutcome Joined(EnrollReply reply) => new(reply, null, null);

    public static JoinOutcome TokenRefused(TokenUse use) => new(
        null, Problems.Forbidden(ErrorCodes.TokenRefused, use.Refusal!), new JoinAudit("token.refuse", use.Token?.Id ?? "unknown", use.Reason));

    public static JoinOutcome Banned(HostRow host) => new(
        null,
        Problems.Forbidden(
            ErrorCodes.HostBanned, $"This machine is banned as host {host.Name} ({host.AccessReason}), and no token admits it. An operator can readmit {host.Name}."),
        new JoinAudit("host.refuse", host.Id.ToString(), "banned"));

    public static JoinOutcome Conflict(string detail) => new(null, Problems.Conflict(detail), null);
}

/// <summary>An entry of the audit trail: what was refused, of which token or host, and why in a word.</summary>
internal sealed record JoinAudit(string Action, string Subject, string Reason);
