using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;
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
    CertificateAuthority authority, AgentStanding standing, IAgentConnections connections, IDbContextFactory<FleetDb> databases, HostDirectory directory,
    ILogger<AgentAdmission> log)
{
    /// <summary>At the door: of the certificate itself.</summary>
    public async Task<AgentJudgement> JudgeAsync(X509Certificate2 certificate, CancellationToken ct)
    {
        if (!authority.Vouches(certificate, out Intermediate? issuer))
        {
            return AgentJudgement.Refused(new Refusal(
                Refusals.Foreign, null, $"The certificate is not one that this server's authority (SHA-256 {authority.Fingerprint}) issued to an agent. {AgentStanding.Join}"));
        }

        string name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return HostId.TryParse(name, out HostId host)
            ? await JudgeAsync(AgentCredential.Of(certificate, host, issuer), ct)
            : AgentJudgement.Refused(new Refusal(Refusals.UnknownKey, null, $"The certificate names no host but '{name}'. {AgentStanding.Join}"));
    }

    /// <summary>Of what a connection came in with, for one that has been silent since: much may have been decided.</summary>
    public async Task<AgentJudgement> JudgeAsync(AgentCredential credential, CancellationToken ct)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(ct);

        // Null: somebody else came first with a certificate of the same host, and what that changed decides.
        return await JudgeAsync(db, credential, ct) ?? await JudgeAsync(db, credential, ct) ?? AgentJudgement.Unsettled();
    }

    private async Task<AgentJudgement?> JudgeAsync(FleetDb db, AgentCredential credential, CancellationToken ct)
    {
        if (await FindAsync(db, credential.Host, ct) is not { } host)
        {
            return AgentJudgement.Refused(AgentStanding.Unknown(credential.Host));
        }

        CertificateRow? row = await db.Set<CertificateRow>().AsNoTracking().SingleOrDefaultAsync(one => one.Serial == credential.Serial, ct);
        if (Refuse(credential, host, row) is { } refusal)
        {
            return AgentJudgement.Refused(refusal);
        }

        if (row?.State is not CertificateState.Used && !await TakeIntoUseAsync(db, credential, host, row, ct))
        {
            return null;
        }

        // The host may have joined, or its certificate been taken into use, at another server, whose news may come later than the agent.
        if (await directory.FindAsync(host.Id, ct) is { } record && row is not null && record.Certificate?.Serial != credential.Serial)
        {
            directory.Note(host.Id, known => known with { KeyThumbprint = row.KeyThumbprint, Certificate = AgentCertificate.Of(row) });
        }

        return AgentJudgement.Admitted(credential, host.Name);
    }

    private Refusal? Refuse(AgentCredential credential, HostRow host, CertificateRow? row)
    {
        // Memory may know of an eviction first, the database may be another server's.
        HostAccess access = directory.TryGet(host.Id, out HostRecord? known) && !known.Access.Admitted ? known.Access : HostAccess.Of(host);
        if (AgentStanding.RefuseAccess(host.Id, host.Name, access) is { } taken)
        {
            return taken;
        }

        if (row?.State is CertificateState.Superseded)
        {
            return AgentStanding.Superseded(host.Id, host.Name);
        }

        // A row that was never used is a renewal on its way; any other certificate must have the host's key.
        string key = credential.KeyThumbprint;
        if (key != host.KeyThumbprint && (row is not { State: CertificateState.Issued } || row.KeyThumbprint != key || row.Host != host.Id))
        {
            return new Refusal(Refusals.UnknownKey, host.Id.ToString(), row is null
                ? $"This server issued no such certificate to host {host.Name}, or was restored from a backup of before. An agent that still has its certificate of before shows that by itself; else: {AgentStanding.Join}"
                : $"Host {host.Name} has another key than this certificate's. {AgentStanding.Join}");
        }

        return standing.RefuseIssuer(credential) ?? standing.RefuseTime(credential, host.Name);
    }

    // The first use of a certificate ends what it replaces. The host's row goes first: who races for one host waits here.
    private async Task<bool> TakeIntoUseAsync(FleetDb db, AgentCredential credential, HostRow host, CertificateRow? row, CancellationToken ct)
    {
        bool known = row is not null;
        row ??= Adopt(credential);
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
            // Whoever is connected with what it replaced has no part in this host any more; other servers do the same when they hear of the row.
            connections.CutUnfit(host.Id);
            log.CertificateRenewed(host.Id, host.Name, row.NotAfter);
        }

        return true;
    }

    // Not what the host reports of itself, which is large and read by nobody here.
    private static Task<HostRow?> FindAsync(FleetDb db, HostId id, CancellationToken ct) => db.Hosts.AsNoTracking().Where(row => row.Id == id)
        .Select(row => new HostRow
        {
            Id = row.Id,
            Name = row.Name,
            MachineId = row.MachineId,
            KeyThumbprint = row.KeyThumbprint,
            Joined = row.Joined,
            JoinTokenId = row.JoinTokenId,
            AdmittedBy = row.AdmittedBy,
            Access = row.Access,
            AccessReason = row.AccessReason,
            AccessBy = row.AccessBy,
            AccessAt = row.AccessAt,
        })
        .SingleOrDefaultAsync(ct);

    // Issued when none were kept yet.
    private static CertificateRow Adopt(AgentCredential credential) => new()
    {
        Serial = credential.Serial,
        Host = credential.Host,
        KeyThumbprint = credential.KeyThumbprint,
        Issuer = credential.Issuer,
        NotBefore = credential.NotBefore,
        Issued = credential.NotBefore,
        NotAfter = credential.NotAfter,
        State = CertificateState.Used,
    };

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
