using System.Security.Cryptography;
using System.Text;
using Fleet.Server.Data;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Identity;

/// <summary>Makes and uses permissions to join. fleetjoin_SECRET.FINGERPRINT: the secret admits, the fingerprint lets the agent know its server.</summary>
internal sealed class JoinTokenIssuer(CertificateAuthority authority, TimeProvider time)
{
    public const string Prefix = "fleetjoin_";
    private const int SecretBytes = 24;

    /// <summary>Stores a new token.</summary>
    /// <returns>The token as agents take it (never to be had again), and its row.</returns>
    public async Task<(string Token, JoinToken Row)> CreateAsync(
        FleetDb db, int uses, TimeSpan lifetime, string? note, string creator, CancellationToken ct)
    {
        string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        DateTimeOffset now = time.GetUtcNow();
        JoinToken row = new()
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            SecretHash = Hash(secret),
            Note = note,
            Uses = uses,
            Creator = creator,
            Created = now,
            Expires = now + lifetime,
        };
        db.JoinTokens.Add(row);
        await db.SaveChangesAsync(ct);
        return ($"{Prefix}{secret}.{authority.Fingerprint}", row);
    }

    /// <summary>Uses a token once. One conditional UPDATE decides, so of many who race for the last use exactly one wins.</summary>
    /// <returns>The token's id, or null and why it was refused.</returns>
    public async Task<(string? Id, string? Refusal)> UseAsync(FleetDb db, string secret, CancellationToken ct)
    {
        string hash = Hash(secret);
        DateTimeOffset now = time.GetUtcNow();
        int used = await db.JoinTokens
            .Where(token => token.SecretHash == hash && token.Used < token.Uses && token.Expires > now)
            .ExecuteUpdateAsync(token => token.SetProperty(t => t.Used, t => t.Used + 1), ct);
        JoinToken? row = await db.JoinTokens.AsNoTracking().SingleOrDefaultAsync(token => token.SecretHash == hash, ct);
        return (used, row) switch
        {
            (1, not null) => (row.Id, null),
            (_, null) => (null, "The join token is wrong: this server never made it, or it was deleted. Make one with 'fleet-server token create'."),
            _ when row.Expires <= now => (null, $"The join token expired at {row.Expires:yyyy-MM-dd HH:mm:ss} UTC. Make another with 'fleet-server token create'."),
            _ => (null, $"The join token is used up: it was for {row.Uses} host(s). Make another with 'fleet-server token create'."),
        };
    }

    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
