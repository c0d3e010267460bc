using Fleet.Contracts;

namespace Fleet.Server.Data;

/// <summary>A certificate that was issued to an agent.</summary>
internal sealed class CertificateRow
{
    /// <summary><see cref="Issuer"/> of certificates from before there were intermediates.</summary>
    public const int Root = 0;

    /// <summary>Serial number, upper-case hexadecimal.</summary>
    public required string Serial { get; init; }

    public required HostId Host { get; init; }

    /// <summary>SHA-256 of its public key.</summary>
    public required string KeyThumbprint { get; init; }

    /// <summary>Number of the intermediate that issued it.</summary>
    public required int Issuer { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>When it was made; <see cref="NotBefore"/> is earlier, for slow clocks.</summary>
    public required DateTimeOffset Issued { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Serial number of the one that asked for it; null for one that came with joining.</summary>
    public string? RenewedFrom { get; init; }

    public CertificateState State { get; set; }
}
