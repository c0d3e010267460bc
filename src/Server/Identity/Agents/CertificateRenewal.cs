using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Identity.Agents;

/// <summary>
/// Issues the next certificate to an agent that came in with the present one. That one stays good until the next is used (<see cref="AgentAdmission"/>),
/// so an answer that is lost, or an agent that is killed before it stored it, costs nothing: it asks again.
/// </summary>
internal sealed class CertificateRenewal(
    CertificateAuthority authority, IDbContextFactory<FleetDb> databases, HostDirectory directory, TimeProvider time)
{
    private const int MostPerHour = 20;

    /// <exception cref="AuthorityException">It is not issued; the message is for the agent's log.</exception>
    public async Task<RenewReply> RenewAsync(HostId host, string serial, RenewRequest request, CancellationToken ct)
    {
        if (!SigningRequest.TryReadKey(request.CertificateRequest, out PublicKey? key))
        {
            throw new AuthorityException(SigningRequest.Expected);
        }

        string thumbprint = CertificateAuthority.Thumbprint(key);
        (X509Certificate2 certificate, CertificateRow row) = authority.IssueAgent(host, key, serial);
        using (certificate)
        {
            await using FleetDb db = await databases.CreateDbContextAsync(ct);
            await using IDbContextTransaction transaction = await db.BeginChangeAsync(ct);
            await CheckAsync(db, host, serial, thumbprint, ct);

            // Only the last one that was asked for can be the successor.
            await db.Set<CertificateRow>().Where(one => one.Host == host && one.State == CertificateState.Issued && one.KeyThumbprint != thumbprint)
                .ExecuteUpdateAsync(one => one.SetProperty(c => c.State, CertificateState.Superseded), ct);
            db.Add(row);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            return new RenewReply(Convert.ToBase64String(certificate.RawDataMemory.Span), CertificateAuthority.RenewAt(row.Issued, row.NotAfter));
        }
    }

    /// <summary>When a host should renew; at once, spread a little, when another intermediate issues now. Null while its certificate is not known.</summary>
    public DateTimeOffset? RenewAt(HostId id) => directory.TryGet(id, out HostRecord? host) && host.Certificate is { } certificate
        ? certificate.Issuer == authority.Current.Issuing!.Entry.Number
            ? CertificateAuthority.RenewAt(certificate.Issued, certificate.NotAfter)
            : time.GetUtcNow() + TimeSpan.FromSeconds((uint)id.GetHashCode() % 600)
        : null;

    /// <summary>What the root has revoked, as agents are told.</summary>
    public string? Revoked => authority.Current.RevokedText;

    private async Task CheckAsync(FleetDb db, HostId host, string serial, string thumbprint, CancellationToken ct)
    {
        DateTimeOffset hourAgo = time.GetUtcNow() - TimeSpan.FromHours(1);
        if (await db.Set<CertificateRow>().CountAsync(one => one.Host == host && one.RenewedFrom != null && one.Issued > hourAgo, ct) >= MostPerHour)
        {
            throw new AuthorityException($"This host was issued {MostPerHour} certificates within an hour; try again later.");
        }

        if (!await db.Set<CertificateRow>().AnyAsync(one => one.Serial == serial && one.State == CertificateState.Used, ct))
        {
            throw new AuthorityException("This connection's certificate was replaced already; connect with its successor.");
        }

        if (await db.Hosts.AnyAsync(one => one.KeyThumbprint == thumbprint, ct))
        {
            throw new AuthorityException("A host uses this key already; renewing takes a new one.");
        }
    }
}
