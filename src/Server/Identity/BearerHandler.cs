using System.Security.Claims;
using System.Text.Encodings.Web;
using Fleet.Contracts;
using Fleet.Server.Identity.ApiTokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fleet.Server.Identity;

/// <summary>Authorization: Bearer, with an API token, the administrator's token or a ticket of the dashboard.</summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder, AdminToken admin, Tickets tickets, ApiTokenCheck tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    public const string SchemeName = "bearer";
    private const string Prefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        string token = header[Prefix.Length..].Trim();
        TokenJudgement judgement = ApiTokenText.LooksLikeOne(token)
            ? await tokens.JudgeAsync(token, Context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address", Context.RequestAborted)
            : new TokenJudgement(tickets.TryRead(token) ?? Admin(token), ErrorCodes.Unauthenticated, "The bearer token is not known.");
        if (judgement.Principal is { } principal)
        {
            return AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));
        }

        Context.Features.Set(new CredentialRefusal(judgement.Code, judgement.Refusal));
        return AuthenticateResult.Fail(judgement.Refusal);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers[HeaderNames.WWWAuthenticate] = Context.Features.Get<CredentialRefusal>() is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        return Task.CompletedTask;
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        if (Context.GetEndpoint()?.Metadata.GetMetadata<NeededScope>() is { } needed)
        {
            Response.Headers[HeaderNames.WWWAuthenticate] = $"Bearer error=\"insufficient_scope\", scope=\"{needed.Name}\"";
        }

        return Task.CompletedTask;
    }

    private ClaimsPrincipal? Admin(string token) => admin.Matches(token) ? Principals.Make(Principals.LocalAdmin, Roles.Admin, SchemeName) : null;
}
