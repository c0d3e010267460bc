using Fleet.Server.Data;

namespace Fleet.Server.Live;

/// <summary>The certificate that a host's agent uses.</summary>
internal sealed record AgentCertificate(string Serial, int Issuer, DateTimeOffset Issued, DateTimeOffset NotAfter)
{
    /// <summary>Renewal is due when two thirds of the time are over; when this much is, it does not work.</summary>
    private const double OverdueAt = 0.8;

    public static AgentCertificate Of(CertificateRow row) => new(row.Serial, row.Issuer, row.Issued, row.NotAfter);

    public bool Expired(DateTimeOffset now) => now > NotAfter;

    public bool Overdue(DateTimeOffset now) => IsOverdue(Issued, NotAfter, now);

    /// <summary>Whether a certificate should have been replaced by now.</summary>
    public static bool IsOverdue(DateTimeOffset issued, DateTimeOffset until, DateTimeOffset now) => now > issued + ((until - issued) * OverdueAt);
}
