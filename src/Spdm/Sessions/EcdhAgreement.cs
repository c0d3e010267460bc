using System.Security.Cryptography;

namespace Fleet.Spdm.Sessions;

/// <summary>A key agreement over P-256, P-384 or P-521.</summary>
public sealed class EcdhAgreement : IKeyAgreement, IDisposable
{
    private readonly ECDiffieHellman _key;

    /// <summary>Makes a key for one DHE bit: 8, 0x10 or 0x20.</summary>
    public EcdhAgreement(ushort group)
    {
        _key = ECDiffieHellman.Create(group switch
        {
            8 => ECCurve.NamedCurves.nistP256,
            0x10 => ECCurve.NamedCurves.nistP384,
            0x20 => ECCurve.NamedCurves.nistP521,
            _ => throw new ArgumentOutOfRangeException(nameof(group), group, "Not one of P-256, P-384 and P-521."),
        });
        ECParameters parameters = _key.ExportParameters(false);
        ExchangeData = (byte[])[.. parameters.Q.X!, .. parameters.Q.Y!];
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ExchangeData { get; }

    /// <inheritdoc/>
    public byte[]? Secret(ReadOnlyMemory<byte> peer)
    {
        if (peer.Length != ExchangeData.Length)
        {
            return null;
        }

        int half = peer.Length / 2;
        try
        {
            ECParameters parameters = new()
            {
                Curve = _key.ExportParameters(false).Curve,
                Q = new() { X = peer[..half].ToArray(), Y = peer[half..].ToArray() },
            };
            using ECDiffieHellman other = ECDiffieHellman.Create(parameters);
            return _key.DeriveRawSecretAgreement(other.PublicKey);
        }
        catch (CryptographicException)
        {
            return null; // Not a point of the curve.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
