using System.Diagnostics.Metrics;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Live;

namespace Fleet.Server.Metrics;

/// <summary>How certificates stand, so that somebody is told while there is time. Hosts that may not come in do not count: theirs are to run out.</summary>
internal sealed class CertificateGauges
{
    /// <summary>A clock that is this far off is shown.</summary>
    public static readonly TimeSpan NotableOffset = TimeSpan.FromMinutes(5);

    private static readonly string[] States = ["good", "overdue", "expired"];
    private readonly HostDirectory _directory;
    private readonly CertificateAuthority _authority;
    private readonly ServerCertificate _server;
    private readonly TimeProvider _time;

    public CertificateGauges(FleetMetrics metrics, HostDirectory directory, CertificateAuthority authority, ServerCertificate server, TimeProvider time)
    {
        (_directory, _authority, _server, _time) = (directory, authority, server, time);
        metrics.Meter.CreateObservableGauge(
            "pcifleet_certificates", Counts, description: "Certificates in use by kind and state; overdue: past 80 % of its time and not replaced");
        metrics.Meter.CreateObservableGauge(
            "pcifleet_certificate_expiry_timestamp_seconds", Expiries, description: "When the first certificate of a kind expires");
        metrics.Meter.CreateObservableGauge(
            "pcifleet_hosts_clock_skewed", () => Members().Count(host => host.ClockOffset?.Duration() > NotableOffset), description: "Hosts whose clock is more than five minutes off the server's");
    }

    private IEnumerable<Measurement<int>> Counts()
    {
        DateTimeOffset now = _time.GetUtcNow();
        ILookup<(string, string), Held> counted = All().ToLookup(held => (held.Kind, State(held, now)));
        return from kind in Kinds from state in States select new Measurement<int>(counted[(kind, state)].Count(), new("kind", kind), new("state", state));
    }

    private IEnumerable<Measurement<double>> Expiries() => All().GroupBy(held => held.Kind).Select(kind =>
        new Measurement<double>(kind.Min(held => held.Until.ToUnixTimeMilliseconds()) / 1000.0, new KeyValuePair<string, object?>("kind", kind.Key)));

    private static string[] Kinds => ["agent", "server", "intermediate", "root"];

    private IEnumerable<Held> All()
    {
        AuthoritySnapshot authority = _authority.Current;
        Intermediate issuing = authority.Issuing!;
        return Members().Select(host => host.Certificate).OfType<AgentCertificate>().Select(certificate => new Held("agent", certificate.Issued, certificate.NotAfter))
            .Append(new Held("server", _server.Issued, _server.NotAfter))
            .Append(new Held("intermediate", issuing.Entry.Prepared, issuing.Certificate.NotAfter.ToUniversalTime()))
            .Append(new Held("root", authority.Root.NotBefore.ToUniversalTime(), authority.Root.NotAfter.ToUniversalTime()));
    }

    private IEnumerable<HostRecord> Members() => _directory.Hosts.Where(host => host.Access.Admitted);

    private static string State(Held held, DateTimeOffset now) =>
        now > held.Until ? "expired" : AgentCertificate.IsOverdue(held.Issued, held.Until, now) ? "overdue" : "good";

    private sealed record Held(string Kind, DateTimeOffset Issued, DateTimeOffset Until);
}
