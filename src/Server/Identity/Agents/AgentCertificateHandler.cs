using System.Text.Encodings.Web;
using Fleet.Contracts;
using Fleet.Server.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Fleet.Server.Identity.Agents;

/// <summary>Authenticates a connection of the agents' port by the certificate that TLS verified, and answers a refusal with its reason.</summary>
internal sealed class AgentCertificateHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, AgentAdmission admission, AgentRefusals refusals)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    private const string Later = "Another connection of this host came in at the same moment, and which of the two counts could not be settled. Try again.";
    private const string SecondsToRetry = "1";
    private Refusal? _refusal;
    private bool _later;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.Connection.ClientCertificate is not { } certificate)
        {
            return AuthenticateResult.NoResult();
        }

        AgentJudgement judged = await admission.JudgeAsync(certificate, Context.RequestAborted);
        if (judged.Refusal is { } refusal)
        {
            _refusal = refusal;
            refusals.Record(refusal, certificate, Context.Connection.RemoteIpAddress);
            return AuthenticateResult.Fail(refusal.Detail);
        }

        if (judged.Credential is not { } credential)
        {
            _later = true;
            return AuthenticateResult.Fail(Later);
        }

        return AuthenticateResult.Success(new AuthenticationTicket(credential.ToPrincipal(judged.HostName, Scheme.Name), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_later)
        {
            Response.Headers.RetryAfter = SecondsToRetry;
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, Later).ExecuteAsync(Context);
        }

        if (_refusal is null)
        {
            return Problems.Of(
                StatusCodes.Status401Unauthorized, ErrorCodes.Unauthenticated, "This needs the certificate that an agent gets when it joins.").ExecuteAsync(Context);
        }

        // A client that upgrades to a WebSocket sees headers of an answer and not its body.
        Response.Headers[LinkProtocol.RefusalHeader] = _refusal.Reason;
        Response.Headers[LinkProtocol.RefusalDetailHeader] = Uri.EscapeDataString(_refusal.Detail);
        return TypedResults.Problem(
            _refusal.Detail,
            statusCode: StatusCodes.Status403Forbidden,
            extensions: new Dictionary<string, object?> { ["code"] = ErrorCodes.AgentRefused, ["reason"] = _refusal.Reason }).ExecuteAsync(Context);
    }
}
