using System.Globalization;
using System.Security.Claims;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Tokens;
using Fleet.Server.Domain.Access;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Identity.ApiTokens;

/// <summary>Judges a token by its row, from the database and not from memory: who revokes one at any server ends it at all of them with the commit.</summary>
internal sealed class ApiTokenCheck(IDbContextFactory<FleetDb> databases, TokenUses uses, RefusalTrail refusals, TimeProvider time)
{
    private const string IdClaim = "api-token";
    private const string EndClaim = "api-token-end";
    private static readonly TokenJudgement Unknown = new(null, ErrorCodes.Unauthenticated, "This server never made this API token.");

    /// <param name="token">The token as its bearer showed it.</param>
    /// <param name="from">The address it came from, for the audit trail.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<TokenJudgement> JudgeAsync(string token, string from, CancellationToken ct)
    {
        if (!ApiTokenText.TryRead(token, out string? id, out string? secret) || await FindAsync(id, ct) is not { } row || !Secrets.Matches(row.SecretHash, secret))
        {
            return Unknown;
        }

        switch (StateOf(row))
        {
            case ApiTokenStates.Revoked:
                await RefuseAsync(row, ApiTokenStates.Revoked, from, ct);
                return new TokenJudgement(null, ErrorCodes.TokenRevoked, $"{NameOf(row)} was revoked at {Time(row.Revoked)} by {row.RevokedBy}.");
            case ApiTokenStates.Expired:
                await RefuseAsync(row, ApiTokenStates.Expired, from, ct);
                return new TokenJudgement(null, ErrorCodes.TokenExpired, $"{NameOf(row)} expired at {Time(row.Expires)}. Make another with 'fleet-server api-token create'.");
            default:
                uses.Note(row.Id);
                return new TokenJudgement(PrincipalOf(row));
        }
    }

    /// <summary>Whether a token that let somebody in still does.</summary>
    public async Task<bool> StillHoldsAsync(string id, CancellationToken ct) => await FindAsync(id, ct) is { } row && StateOf(row) is ApiTokenStates.Active;

    /// <summary>"token:ci (01a215…)".</summary>
    public static string NameOf(ApiToken row) => $"token:{row.Name} ({row.Id})";

    /// <summary>The token that the principal is; null for who has a role.</summary>
    public static string? IdOf(ClaimsPrincipal principal) => principal.FindFirst(IdClaim)?.Value;

    /// <summary>When the principal's token ends; null for never.</summary>
    public static DateTimeOffset? EndOf(ClaimsPrincipal principal) => principal.FindFirst(EndClaim) is { Value: { } ticks }
        ? new DateTimeOffset(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero)
        : null;

    private static ClaimsPrincipal PrincipalOf(ApiToken row)
    {
        List<Claim> claims = [new Claim(IdClaim, row.Id)];
        if (row.Expires is { } end)
        {
            claims.Add(new Claim(EndClaim, end.UtcTicks.ToString(CultureInfo.InvariantCulture)));
        }

        return Principals.WithScopes(NameOf(row), row.Scopes.Split(' '), claims, BearerHandler.SchemeName);
    }

    private async Task<ApiToken?> FindAsync(string id, CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        return await db.Set<ApiToken>().AsNoTracking().FirstOrDefaultAsync(token => token.Id == id, ct);
    }

    private string StateOf(ApiToken row) => ApiTokenStates.Of(row.Revoked is not null, row.Expires, time.GetUtcNow());

    private Task RefuseAsync(ApiToken row, string reason, string from, CancellationToken ct) =>
        refusals.RecordAsync("api-token.refuse", row.Id, reason, $"{row.Name} from {from}", ct);

    private static string Time(DateTimeOffset? at) => $"{at:yyyy-MM-dd HH:mm:ss} UTC";
}
