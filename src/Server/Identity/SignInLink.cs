using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Data.Cell;
using Fleet.Server.Hosting;
using Fleet.Server.Live.News;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Identity;

/// <summary>
/// Links that sign one browser in, once, at whichever server of the database it lands on. The one in signin.url is the administrator's for a day; a new one is
/// made at each start and after each use, so whoever may read the data directory always has one that works. Others are made on request, with a role.
/// </summary>
internal sealed class SignInLink(IDbContextFactory<FleetDb> databases, DataDirectory data, BoundAddresses addresses, IFleetNews news, TimeProvider time)
{
    /// <summary>Where the data directory has its link.</summary>
    public const string File = "signin.url";

    private const string Prefix = "fleetlink_";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private string? _hash;

    /// <summary>Makes a new link for the data directory and writes it down; the one before is worth nothing any more.</summary>
    public async Task RenewAsync(CancellationToken ct)
    {
        (string url, string hash) = Make();
        string? before = Interlocked.Exchange(ref _hash, hash);
        DateTimeOffset now = time.GetUtcNow();
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        bool alone = db.Database.IsSqlite();
        await db.Set<SignInLinkRow>().Where(link => (alone && link.Creator == "") || link.Hash == before || link.Expires <= now).ExecuteDeleteAsync(ct);
        db.Add(new SignInLinkRow { Hash = hash, Expires = now + Lifetime, Role = Roles.Admin, Name = Roles.Admin });
        await db.SaveChangesAsync(ct);
        data.WriteSecret(File, url + "\n");
    }

    /// <summary>Makes a link that signs somebody in with a role, with its entry in the audit trail.</summary>
    public async Task<string> CreateAsync(string role, string name, DateTimeOffset expires, string who, CancellationToken ct)
    {
        (string url, string hash) = Make();
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        db.Add(new SignInLinkRow { Hash = hash, Expires = expires, Role = role, Name = name, Creator = who });
        await AuditTrail.AppendAsync(db, who, "sign-in.create", Principals.UserName(name), $"As {role}, until {expires:yyyy-MM-dd HH:mm:ss} UTC", time.GetUtcNow(), ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return url;
    }

    /// <summary>Uses a link's token. Its row is taken out by one statement, so of many who race with it one gets in.</summary>
    /// <returns>Whom it signs in and as what; null when it signs nobody in.</returns>
    public async Task<(string Name, string Role)?> TryUseAsync(string token, CancellationToken ct)
    {
        if (!LooksLikeOne(token))
        {
            return null;
        }

        string hash = Secrets.Hash(token);
        DateTimeOffset now = time.GetUtcNow();
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        SignInLinkRow? row = await db.Set<SignInLinkRow>().AsNoTracking().FirstOrDefaultAsync(link => link.Hash == hash && link.Expires > now, ct);
        if (row is null || await db.Set<SignInLinkRow>().Where(link => link.Hash == hash).ExecuteDeleteAsync(ct) is 0)
        {
            return null;
        }

        string user = Principals.UserName(row.Name);
        await AuditTrail.AppendAsync(db, user, "sign-in.use", user, $"As {row.Role}, by a link {(row.Creator is "" ? "of the data directory" : $"that {row.Creator} made")}", now, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        news.Publish(NewsKind.SignIn, hash);
        await UsedAsync(hash, ct);
        return (user, row.Role);
    }

    /// <summary>A link was used: when it was this server's, there is another one now.</summary>
    public async Task UsedAsync(string hash, CancellationToken ct)
    {
        if (hash == Volatile.Read(ref _hash))
        {
            await RenewAsync(ct);
        }
    }

    public static bool LooksLikeOne(string token) => token.StartsWith(Prefix, StringComparison.Ordinal);

    private (string Url, string Hash) Make()
    {
        string token = Prefix + Secrets.Make();
        return ($"{addresses.Public.GetLeftPart(UriPartial.Authority)}/signin?token={token}", Secrets.Hash(token));
    }
}
