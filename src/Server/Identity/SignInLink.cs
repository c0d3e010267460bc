using System.Security.Cryptography;
using System.Text;
using Fleet.Server.Data;
using Fleet.Server.Data.Cell;
using Fleet.Server.Hosting;
using Fleet.Server.Live.News;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Identity;

/// <summary>
/// The link in signin.url: signs one browser in, once, within a day, at whichever server of the database it lands on. A new one is made at each start and
/// after each use, so whoever may read the data directory always has one that works.
/// </summary>
internal sealed class SignInLink(IDbContextFactory<FleetDb> databases, DataDirectory data, BoundAddresses addresses, IFleetNews news, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private string? _hash;

    /// <summary>Makes a new link and writes it down; the one before is worth nothing any more.</summary>
    public async Task<string> RenewAsync(CancellationToken ct)
    {
        string token = $"fleetlink_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";
        string url = $"{addresses.Http.GetLeftPart(UriPartial.Authority)}/signin?token={token}";
        string hash = Hash(token);
        string? before = Interlocked.Exchange(ref _hash, hash);
        DateTimeOffset now = time.GetUtcNow();
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        bool alone = db.Database.IsSqlite();
        await db.Set<SignInLinkRow>().Where(link => alone || link.Hash == before || link.Expires <= now).ExecuteDeleteAsync(ct);
        db.Add(new SignInLinkRow { Hash = hash, Expires = now + Lifetime });
        await db.SaveChangesAsync(ct);
        data.WriteSecret("signin.url", url + "\n");
        return url;
    }

    /// <summary>Uses a link's token. Its row is taken out by one statement, so of many who race with it one gets in.</summary>
    public async Task<bool> TryUseAsync(string token, CancellationToken ct)
    {
        if (!LooksLikeOne(token))
        {
            return false;
        }

        string hash = Hash(token);
        DateTimeOffset now = time.GetUtcNow();
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        if (await db.Set<SignInLinkRow>().Where(link => link.Hash == hash && link.Expires > now).ExecuteDeleteAsync(ct) is 0)
        {
            return false;
        }

        news.Publish(NewsKind.SignIn, hash);
        await UsedAsync(hash, ct);
        return true;
    }

    /// <summary>A link was used: when it was this server's, there is another one now.</summary>
    public async Task UsedAsync(string hash, CancellationToken ct)
    {
        if (hash == Volatile.Read(ref _hash))
        {
            await RenewAsync(ct);
        }
    }

    public static bool LooksLikeOne(string token) => token.StartsWith("fleetlink_", StringComparison.Ordinal);

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
