using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Http;
using Fleet.Server.Http.OpenApi;
using Fleet.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Hosts;

internal static class GetHost
{
    private const int MostCertificates = 16;

    public static void Map(RouteGroupBuilder hosts) => hosts.MapGet("/{id}", HandleAsync).WithName("getHost").WithSummary("A host, with the ETag that a change of it needs").Tagged();

    private static async Task<Results<Ok<HostView>, ProblemHttpResult>> HandleAsync(
        string id, HostDirectory directory, FleetViews views, FleetDb db, HttpResponse response, CancellationToken ct)
    {
        if (!HostId.TryParse(id, out HostId host) || !directory.TryGet(host, out HostRecord? record))
        {
            return Problems.NotFound($"There is no host {id}.");
        }

        HostCertificates certificates = await CertificatesAsync(db, host, ct);
        EntityTag.Write(response, record.Version);
        return TypedResults.Ok(views.Preview(record) with { Certificates = certificates });
    }

    private static async Task<HostCertificates> CertificatesAsync(FleetDb db, HostId host, CancellationToken ct)
    {
        IQueryable<CertificateRow> rows = db.Set<CertificateRow>().AsNoTracking().Where(row => row.Host == host);

        // An answer that was lost is asked for again, with the same key: that is one renewal.
        int renewals = await rows.Where(row => row.RenewedFrom != null && row.State != CertificateState.Issued).Select(row => row.KeyThumbprint).Distinct().CountAsync(ct);
        List<CertificateRow> last = await rows.OrderByDescending(row => row.Issued).ThenBy(row => row.Serial).Take(MostCertificates).ToListAsync(ct);
        return new HostCertificates(
            renewals,
            [.. last.Select(row => new CertificateView(
                row.Serial, row.KeyThumbprint, row.State.ToString().ToLowerInvariant(), row.Issuer, row.NotBefore, row.Issued, row.NotAfter, row.RenewedFrom))]);
    }
}
