using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Identity.Agents;

/// <summary>
/// Decides whether the agent behind a certificate comes in. Everything is read from the certificate that TLS verified, and from the database
/// rather than memory, so that what one server decided holds on all at once.
/// </summary>
internal sealed class AgentAdmission(
    CertificateAuthority authority, IDbContextFactory<FleetDb> databases, HostDirectory directory, TimeProvider time, ILogger<AgentAdmission> log)
{
    private const string Join = "Make a join token with 'fleet-server token create' and start the agent with it (--token-file).";

    public async Task<AgentJudgement> JudgeAsync(X509Certificate2 certificate, CancellationToken ct)
    {
        if (!authority.Vouches(certificate, out Intermediate? issuer))
        {
            return AgentJudgement.Refused(Refusals.Foreign, null, $"The certificate is not one that this server's authority (SHA-256 {authority.Fingerprint}) issued to an agent. {Join}");
        }

        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        AgentJudgement judged = await JudgeAsync(db, certificate, issuer, ct);

        // Somebody else came first with a certificate of the same host: what that changed decides.
        return judged == default ? await JudgeAsync(db, certificate, issuer, ct) : judged;
    }

    private async Task<AgentJudgement> JudgeAsync(FleetDb db, X509Certificate2 certificate, Intermediate? issuer, CancellationToken ct)
    {
        string name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        HostRow? host = HostId.TryParse(name, out HostId id) ? await db.Hosts.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) : null;
        if (host is null)
        {
            return AgentJudgement.Refused(Refusals.UnknownKey, id, $"This server has no host {name}: it was removed, or the server's data is older than the host. {Join}");
        }

        string serial = certificate.SerialNumber;
        CertificateRow? row = await db.Set<CertificateRow>().AsNoTracking().SingleOrDefaultAsync(one => one.Serial == serial, ct);
        if (Refuse(certificate, issuer, host, row) is { } refusal)
        {
            return new AgentJudgement(default, "", refusal);
        }

        if (row?.State is not CertificateState.Used && !await TakeIntoUseAsync(db, certificate, issuer, host, row, ct))
        {
            return default;
        }

        // The host may have joined, or its certificate been taken into use, at another server, whose news may come later than the agent.
        if (await directory.FindAsync(id, ct) is { } record && row is not null && record.Certificate?.Serial != serial)
        {
            directory.Note(id, known => known with { KeyThumbprint = row.KeyThumbprint, Certificate = AgentCertificate.Of(row) });
        }

        return new AgentJudgement(id, host.Name, null);
    }

    private Refusal? Refuse(X509Certificate2 certificate, Intermediate? issuer, HostRow host, CertificateRow? row)
    {
        Refusal Of(string reason, string detail) => new(reason, host.Id.ToString(), detail);

        // Memory may know of an eviction first, the database may be another server's.
        HostAccess access = directory.TryGet(host.Id, out HostRecord? known) && !known.Access.Admitted ? known.Access : HostAccess.Of(host);
        if (!access.Admitted)
        {
            return access.State is AccessState.Banned
                ? Of(Refusals.Banned, $"Host {host.Name} was banned by {access.By} ({access.Reason}); no certificate and no token lets it in until an operator readmits it, on the host's page.")
                : Of(Refusals.Evicted, $"Host {host.Name} was evicted by {access.By} ({access.Reason}). {Join}");
        }

        if (row?.State is CertificateState.Superseded)
        {
            return Of(Refusals.Superseded, $"This certificate of host {host.Name} was renewed and its successor is in use: two agents have one identity, or this one was restored from a backup. {Join}");
        }

        // A row that was never used is a renewal on its way; any other certificate must have the host's key.
        string key = CertificateAuthority.Thumbprint(certificate.PublicKey);
        if (key != host.KeyThumbprint && (row is not { State: CertificateState.Issued } || row.KeyThumbprint != key || row.Host != host.Id))
        {
            return Of(Refusals.UnknownKey, row is null
                ? $"This server issued no such certificate to host {host.Name}, or was restored from a backup of before. An agent that still has its certificate of before shows that by itself; else: {Join}"
                : $"Host {host.Name} has another key than this certificate's. {Join}");
        }

        if (issuer?.Entry.State is IntermediateState.Retired)
        {
            return Of(Refusals.RetiredIssuer, string.Create(CultureInfo.InvariantCulture, $"Intermediate {issuer.Entry.Number}, which issued this certificate, is retired. {Join}"));
        }

        DateTime now = time.GetUtcNow().UtcDateTime;
        DateTime from = certificate.NotBefore.ToUniversalTime();
        DateTime until = certificate.NotAfter.ToUniversalTime();
        return (now < from, now > until) switch
        {
            (true, _) => Of(Refusals.NotYetValid, string.Create(CultureInfo.InvariantCulture, $"The certificate of host {host.Name} is good from {from:u}; this server's clock says {now:u}. Set the clock that is wrong.")),
            (_, true) => Of(Refusals.Expired, string.Create(CultureInfo.InvariantCulture, $"The certificate of host {host.Name} expired at {until:u}; this server's clock says {now:u}. {Join} It stays the same host.")),
            _ => null,
        };
    }

    // The first use of a certificate ends what it replaces. The host's row goes first: who races for one host waits here.
    private async Task<bool> TakeIntoUseAsync(
        FleetDb db, X509Certificate2 certificate, Intermediate? issuer, HostRow host, CertificateRow? row, CancellationToken ct)
    {
        bool known = row is not null;
        row ??= CertificateAuthority.Adopt(certificate, host.Id, issuer?.Entry.Number);
        string before = host.KeyThumbprint;
        string key = row.KeyThumbprint;
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
        int mine = await db.Hosts.Where(one => one.Id == host.Id && one.KeyThumbprint == before)
            .ExecuteUpdateAsync(one => one.SetProperty(h => h.KeyThumbprint, key), ct);
        if (mine is 0)
        {
            return false;
        }

        if (known)
        {
            int fresh = await db.Set<CertificateRow>().Where(one => one.Serial == row.Serial && one.State == CertificateState.Issued)
                .ExecuteUpdateAsync(one => one.SetProperty(c => c.State, CertificateState.Used), ct);
            if (fresh is 0)
            {
                return false;
            }
        }
        else if (!await AddAsync(db, row, ct))
        {
            return false;
        }

        await db.Set<CertificateRow>().Where(one => one.Host == host.Id && one.KeyThumbprint != key && one.State != CertificateState.Superseded)
            .ExecuteUpdateAsync(one => one.SetProperty(c => c.State, CertificateState.Superseded), ct);
        await transaction.CommitAsync(ct);
        directory.Update(host.Id, record => record with { KeyThumbprint = key, Certificate = AgentCertificate.Of(row) });
        if (before != key)
        {
            log.CertificateRenewed(host.Id, host.Name, row.NotAfter);
        }

        return true;
    }

    private static async Task<bool> AddAsync(FleetDb db, CertificateRow row, CancellationToken ct)
    {
        try
        {
            db.Add(row);
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException)
        {
            // Another connection of this agent was first; judged again, its row is found.
            return false;
        }
        finally
        {
            db.ChangeTracker.Clear();
        }
    }
}
