using System.Globalization;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Identity.Authority;

/// <summary>
/// Follows the authority's files while the server runs. Another intermediate issues: the port's certificate is made anew and agents are asked, spread
/// over time, to renew. One is retired: who still uses what it issued is cut off, and agents are told what the root says of it. Also clears certificates that expired long ago.
/// </summary>
internal sealed class AuthorityWatch(
    CertificateAuthority authority, ServerCertificate server, HostDirectory directory, IAgentConnections connections,
    IDbContextFactory<FleetDb> databases, TimeProvider time, ILogger<AuthorityWatch> log) : BackgroundService
{
    private const string Who = "fleet-server authority";
    private const int RenewalsPerSecond = 20;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepExpired = TimeSpan.FromDays(90);
    private static readonly TimeSpan ClearInterval = TimeSpan.FromHours(6);
    private DateTimeOffset _cleared = DateTimeOffset.MinValue;

    // The authority that was followed last, while what came after it has not been followed to its end.
    private AuthoritySnapshot? _behind;

    /// <summary>One look.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        try
        {
            AuthoritySnapshot? before = authority.Refresh();
            _behind ??= before;
        }
        catch (AuthorityException error)
        {
            log.AuthorityNotRead(error.Message);
            return;
        }

        server.Refresh();
        if (_behind is { } behind)
        {
            await FollowAsync(behind, authority.Current, ct);
            _behind = null;
        }

        if (time.GetUtcNow() - _cleared > ClearInterval)
        {
            await ClearAsync(ct);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(LookInterval, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                log.AuthorityWatchFailed(error.Message);
            }
        }
    }

    private async Task FollowAsync(AuthoritySnapshot before, AuthoritySnapshot now, CancellationToken ct)
    {
        List<IntermediateEntry> changed = [.. now.Intermediates.Select(one => one.Entry).Where(entry => before.Find(entry.Number)?.Entry.State != entry.State)];
        foreach (IntermediateEntry entry in changed)
        {
            log.AuthorityChanged(Sentence(entry));
        }

        // What protects comes first; writing it down may wait for the database, and is tried again until it is done.
        connections.CutUnfit();

        if (now.RevokedText is { } list && list != before.RevokedText)
        {
            log.AuthorityChanged("The root has revoked intermediates; agents are told.");
            await connections.RevokedAsync(list, ct);
        }

        if (now.Issuing!.Entry.Number != before.Issuing!.Entry.Number)
        {
            await AskToRenewAsync(now.Issuing.Entry.Number, ct);
        }

        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        foreach (IntermediateEntry entry in changed)
        {
            await WriteDownAsync(db, entry, ct);
        }

        await transaction.CommitAsync(ct);
    }

    // Each server of a cell sees the same change; the first one writes it down, which the moment of the change tells.
    private async Task WriteDownAsync(FleetDb db, IntermediateEntry entry, CancellationToken ct)
    {
        string action = $"authority.{entry.State.ToString().ToLowerInvariant()}";
        string subject = string.Create(CultureInfo.InvariantCulture, $"intermediate {entry.Number}");
        string detail = string.Create(CultureInfo.InvariantCulture, $"{Sentence(entry)} Done at {entry.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}Z.");
        if (await db.Set<AuditRow>().AnyAsync(row => row.Action == action && row.Subject == subject && row.Detail == detail, ct))
        {
            return;
        }

        await AuditTrail.AppendAsync(db, Who, action, subject, detail, time.GetUtcNow(), ct);
        await db.SaveChangesAsync(ct);
    }

    // An agent that is away hears of it with its next hello.
    private async Task AskToRenewAsync(int issuing, CancellationToken ct)
    {
        DateTimeOffset at = time.GetUtcNow();
        foreach (HostRecord host in directory.Hosts.Where(host => host.Certificate is { } certificate && certificate.Issuer != issuing && connections.IsConnected(host.Id)))
        {
            if (host.Hello?.Protocol >= LinkProtocol.RenewalSince)
            {
                at += TimeSpan.FromSeconds(1) / RenewalsPerSecond;
                await connections.RenewAsync(host.Id, at, ct);
            }
        }
    }

    private async Task ClearAsync(CancellationToken ct)
    {
        DateTimeOffset before = time.GetUtcNow() - KeepExpired;
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await db.Set<CertificateRow>().Where(row => row.NotAfter < before).ExecuteDeleteAsync(ct);
        _cleared = time.GetUtcNow();
    }

    private static string Sentence(IntermediateEntry entry) => entry.State switch
    {
        IntermediateState.Prepared => string.Create(CultureInfo.InvariantCulture, $"Intermediate {entry.Number} is prepared; it issues nothing yet."),
        IntermediateState.Activated => string.Create(CultureInfo.InvariantCulture, $"Intermediate {entry.Number} is activated and issues from now on."),
        _ => string.Create(CultureInfo.InvariantCulture, $"Intermediate {entry.Number} is retired; what it issued is refused."),
    };
}
