using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Identity.Authority;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Identity;

/// <summary>Makes and uses permissions to join. fleetjoin_SECRET.FINGERPRINT: the secret admits, the fingerprint lets the agent know its server.</summary>
internal sealed class JoinTokenIssuer(CertificateAuthority authority, TimeProvider time)
{
    public const string Prefix = "fleetjoin_";
    private const string Again = "Make another with 'fleet-server token create'.";

    /// <summary>Stores a new token, with its entry in the audit trail.</summary>
    /// <returns>The token as agents take it (never to be had again), and its row.</returns>
    public async Task<(string Token, JoinToken Row)> CreateAsync(FleetDb db, CreateJoinToken request, string creator, CancellationToken ct)
    {
        string secret = Secrets.Make();
        DateTimeOffset now = time.GetUtcNow();
        JoinToken row = new()
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            SecretHash = Secrets.Hash(secret),
            Note = request.Note,
            Uses = request.Uses,
            Creator = creator,
            Created = now,
            Expires = now.AddSeconds(request.TtlSeconds),
            Labels = JsonSerializer.Serialize(request.Labels ?? new Dictionary<string, string>(), FleetJson.Options),
        };
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        db.JoinTokens.Add(row);
        string note = row.Note is { Length: > 0 } text ? $" ({text})" : "";
        string labels = request.Labels is { Count: > 0 } some ? $", with labels {string.Join(", ", some.Select(label => $"{label.Key}={label.Value}"))}" : "";
        await AuditTrail.AppendAsync(
            db, creator, "token.create", row.Id, string.Create(CultureInfo.InvariantCulture, $"For {Hosts(row)} until {row.Expires:yyyy-MM-dd HH:mm:ss} UTC{labels}{note}"), now, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return ($"{Prefix}{secret}.{authority.Fingerprint}", row);
    }

    /// <summary>The secret of a token as agents take it; null where it is not one of this authority.</summary>
    public string? SecretOf(string token) => token.StartsWith(Prefix, StringComparison.Ordinal) && token.EndsWith($".{authority.Fingerprint}", StringComparison.Ordinal)
        ? token[Prefix.Length..token.LastIndexOf('.')]
        : null;

    /// <summary>Looks at a token without using it: one read by its hash, whoever asks.</summary>
    public async Task<TokenUse> LookAsync(FleetDb db, string secret, CancellationToken ct)
    {
        string hash = Secrets.Hash(secret);
        JoinToken? row = await db.JoinTokens.AsNoTracking().SingleOrDefaultAsync(token => token.SecretHash == hash, ct);
        return row is null
            ? new TokenUse(null, "The join token is wrong: this server never made it. Make one with 'fleet-server token create'.", "unknown")
            : Judge(row, time.GetUtcNow());
    }

    /// <summary>Uses a token once. One conditional UPDATE decides, so of many who race for the last use exactly one wins.</summary>
    public async Task<TokenUse> UseAsync(FleetDb db, string secret, CancellationToken ct)
    {
        string hash = Secrets.Hash(secret);
        DateTimeOffset now = time.GetUtcNow();
        int used = await db.JoinTokens
            .Where(token => token.SecretHash == hash && token.Used < token.Uses && token.Expires > now && token.Revoked == null)
            .ExecuteUpdateAsync(token => token.SetProperty(t => t.Used, t => t.Used + 1).SetProperty(t => t.LastUsed, now), ct);
        TokenUse seen = await LookAsync(db, secret, ct);
        return used is 1 ? new TokenUse(seen.Token, null, "") : seen;
    }

    /// <summary>Writes down whom a token admitted, and that it is used up if it is. Within the transaction that used it.</summary>
    public async Task RecordUseAsync(FleetDb db, JoinToken token, HostRow host, bool again, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        await AuditTrail.AppendAsync(
            db, token.Creator, "token.use", token.Id, $"{(again ? "Admitted again" : "Admitted")} {host.Name} as {host.Id}: use {token.Used} of {token.Uses}", now, ct);
        await db.SaveChangesAsync(ct);
        if (token.Used >= token.Uses)
        {
            await AuditTrail.AppendAsync(db, token.Creator, "token.exhausted", token.Id, $"Used up by {host.Name}", now, ct);
            await db.SaveChangesAsync(ct);
        }
    }

    private static TokenUse Judge(JoinToken row, DateTimeOffset now)
    {
        string state = TokenStates.Of(row.Revoked is not null, row.Used, row.Uses, row.Expires, now);
        string? refusal = state switch
        {
            TokenStates.Active => null,
            TokenStates.Revoked => $"The join token was revoked at {row.Revoked:yyyy-MM-dd HH:mm:ss} UTC. {Again}",
            TokenStates.Expired => $"The join token expired at {row.Expires:yyyy-MM-dd HH:mm:ss} UTC. {Again}",
            _ => $"The join token is used up: it was for {Hosts(row)}. {Again}",
        };
        return new TokenUse(row, refusal, refusal is null ? "" : state);
    }

    private static string Hosts(JoinToken row) => row.Uses is 1 ? "1 host" : string.Create(CultureInfo.InvariantCulture, $"{row.Uses} hosts");
}
