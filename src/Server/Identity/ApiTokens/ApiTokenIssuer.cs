using System.Security.Claims;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Data.Tokens;
using Fleet.Server.Live.News;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Identity.ApiTokens;

/// <summary>Makes and revokes API tokens, each with its entry in the audit trail.</summary>
internal sealed class ApiTokenIssuer(OpenStreams streams, IFleetNews news, TimeProvider time)
{
    /// <returns>The token as its bearer shows it (never to be had again), and its row.</returns>
    public async Task<(string Token, ApiToken Row)> CreateAsync(
        FleetDb db, string name, IReadOnlyList<string> scopes, DateTimeOffset? expires, ClaimsPrincipal maker, DateTimeOffset now, CancellationToken ct)
    {
        string secret = Secrets.Make();
        ApiToken row = new()
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Name = name,
            SecretHash = Secrets.Hash(secret),
            Scopes = string.Join(' ', scopes),
            Creator = maker.Name(),
            Parent = ApiTokenCheck.IdOf(maker),
            Created = now,
            Expires = expires,
        };
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        db.Add(row);
        string until = expires is { } end ? $"until {end:yyyy-MM-dd HH:mm:ss} UTC" : "without an end";
        await AuditTrail.AppendAsync(db, row.Creator, "api-token.create", row.Id, $"{name}, {until}: {string.Join(", ", scopes)}", now, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return (ApiTokenText.Write(row.Id, secret), row);
    }

    /// <summary>Ends a token everywhere, and what is open by it. Again changes nothing.</summary>
    /// <returns>Whether there is such a token, and whether it was this that ended it.</returns>
    public async Task<(bool Found, bool Changed)> RevokeAsync(FleetDb db, string id, string who, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        int revoked = await db.Set<ApiToken>().Where(token => token.Id == id && token.Revoked == null)
            .ExecuteUpdateAsync(token => token.SetProperty(t => t.Revoked, now).SetProperty(t => t.RevokedBy, who), ct);
        if (await db.Set<ApiToken>().AsNoTracking().FirstOrDefaultAsync(token => token.Id == id, ct) is not { } row)
        {
            return (false, false);
        }

        if (revoked > 0)
        {
            await AuditTrail.AppendAsync(db, who, "api-token.revoke", id, row.Name, now, ct);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            streams.Cut(id);
            news.Publish(NewsKind.Token, id);
        }

        return (true, revoked > 0);
    }
}
