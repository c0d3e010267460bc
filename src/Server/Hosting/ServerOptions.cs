using System.Net;
using Fleet.Server.Domain.Attestation;

namespace Fleet.Server.Hosting;

/// <summary>How one server process is set up; made from the command line.</summary>
internal sealed record ServerOptions
{
    /// <summary>Where operators, Prometheus and the dashboard come in.</summary>
    public required IPEndPoint Http { get; init; }

    /// <summary>The origin under which people reach the dashboard from outside ("https://fleet.example.net"), for links; null for the address listened on.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Where agents come in, by TLS.</summary>
    public required IPEndPoint Agents { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>Connection string of a PostgreSQL database; null keeps everything in the data directory. It may hold a password: never logged.</summary>
    public string? Database { get; init; }

    /// <summary>Directory of the keys that servers of one database have in common; null keeps them in the data directory. It may be read-only once they are made.</summary>
    public string? Keys { get; init; }

    /// <summary>Makes a join token for so many hosts at start and writes it to join.token.</summary>
    public int? WriteJoinToken { get; init; }

    /// <summary>How long a certificate of an agent holds; it is renewed when two thirds are over.</summary>
    public TimeSpan CertificateLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Requests to join that one address may make in a second; twenty times as many at once.</summary>
    public int EnrolRate { get; init; } = 50;

    /// <summary>Days of events kept; whole days are deleted after that.</summary>
    public int RetentionDays { get; init; } = 30;

    /// <summary>Bytes of events kept at most; the oldest days go first. Null for no bound.</summary>
    public long? RetentionBytes { get; init; }

    /// <summary>Days of contention by minute kept; they outlive the events they sum up.</summary>
    public int RollupDays { get; init; } = 400;

    /// <summary>How often functions are attested, and how long their evidence counts.</summary>
    public AttestationTimes Attestation { get; init; } = new();
}
