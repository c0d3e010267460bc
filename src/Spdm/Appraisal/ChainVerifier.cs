using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Spdm.Evidence;

namespace Fleet.Spdm.Appraisal;

/// <summary>
/// Verifies chains and remembers those it has seen, by the hash of everything that its finding depends on. Dates are not part of it: they are compared
/// anew each time. Serves many threads.
/// </summary>
public sealed class ChainVerifier
{
    private const int Capacity = 16384;

    private readonly ConcurrentDictionary<string, ChainFinding> _known = new(StringComparer.Ordinal);

    internal ChainFinding Verify(ReadOnlyMemory<byte> blob, Negotiated negotiated, ImmutableArray<ReadOnlyMemory<byte>> anchors)
    {
        bool alias = negotiated.Version >= SpdmVersion.V12 && (negotiated.Responder.Flags & (1u << 18)) != 0;
        string key = Key(blob.Span, negotiated, anchors, alias);
        if (_known.TryGetValue(key, out ChainFinding? known))
        {
            return known;
        }

        if (!CertificateChain.TryParse(blob, negotiated.Version, negotiated.HashSize, out CertificateChain? chain))
        {
            return ChainFinding.Unsound("The chain is no sequence of certificates of the length it states.");
        }

        ChainFinding finding = Inspect(chain, negotiated, anchors, alias);
        if (finding.Problem is null)
        {
            if (_known.Count >= Capacity)
            {
                _known.Clear(); // Crowded out by devices, which can be made; better all at once than an order to keep.
            }

            _known.TryAdd(key, finding);
        }

        return finding;
    }

    private static string Key(ReadOnlySpan<byte> blob, Negotiated negotiated, ImmutableArray<ReadOnlyMemory<byte>> anchors, bool alias)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([(byte)negotiated.Version, (byte)negotiated.Selection.BaseHash, alias ? (byte)1 : (byte)0]);
        hash.AppendData(BitConverter.GetBytes(blob.Length));
        hash.AppendData(blob);
        foreach (ReadOnlyMemory<byte> anchor in anchors)
        {
            hash.AppendData(BitConverter.GetBytes(anchor.Length));
            hash.AppendData(anchor.Span);
        }

        return Convert.ToBase64String(hash.GetHashAndReset());
    }

    private static ChainFinding Inspect(CertificateChain chain, Negotiated negotiated, ImmutableArray<ReadOnlyMemory<byte>> anchors, bool alias)
    {
        ReadOnlyMemory<byte> anchor = anchors.FirstOrDefault(candidate =>
            SpdmAlgorithms.Hash(negotiated.Selection.BaseHash, candidate.Span).AsSpan().SequenceEqual(chain.RootHash.Span));
        if (anchor.IsEmpty)
        {
            return ChainFinding.Unsound($"The root {Convert.ToHexStringLower(chain.RootHash.Span[..8])}… is none of the {anchors.Length} anchors.");
        }

        List<X509Certificate2> certificates = [];
        try
        {
            bool startsWithRoot = chain.Certificates[0].Span.SequenceEqual(anchor.Span);
            foreach (ReadOnlyMemory<byte> der in startsWithRoot ? chain.Certificates : [anchor, .. chain.Certificates])
            {
                certificates.Add(X509CertificateLoader.LoadCertificate(der.Span));
            }

            return Inspect(certificates, negotiated, alias);
        }
        catch (CryptographicException e)
        {
            return ChainFinding.Unsound($"A certificate of the chain cannot be read: {e.Message}");
        }
        finally
        {
            certificates.ForEach(certificate => certificate.Dispose());
        }
    }

    private static ChainFinding Inspect(List<X509Certificate2> certificates, Negotiated negotiated, bool alias)
    {
        X509Certificate2 leaf = certificates[^1];
        string? problem = certificates.Count < 2 ? "The chain has no certificate below its root." : Path(certificates) ?? LeafRules.Problem(leaf, negotiated.Version, alias);
        LeafKey key = LeafKey.From(leaf);
        problem ??= (key.AsymBits & negotiated.Selection.BaseAsym) == 0 ? "The leaf's key is of another kind than was negotiated." : null;
        if (problem is not null)
        {
            return ChainFinding.Unsound(problem);
        }

        int identity = certificates.FindLastIndex(certificate => CertificateNames.Holds(certificate, CertificateNames.HardwareIdentity));
        CertificateModel model = identity < 0 ? CertificateModel.Any : identity == certificates.Count - 1 ? CertificateModel.Device : CertificateModel.Alias;
        X509Certificate2 holder = identity < 0 ? leaf : certificates[identity];
        return new(
            null,
            key,
            certificates.Max(certificate => new DateTimeOffset(certificate.NotBefore)),
            certificates.Min(certificate => new DateTimeOffset(certificate.NotAfter)),
            model,
            SHA256.HashData(holder.RawData),
            CertificateNames.Name(leaf, CertificateNames.Cma),
            CertificateNames.Name(leaf, CertificateNames.DeviceInfo),
            leaf.Subject,
            certificates.Count);
    }

    /// <summary>Each certificate signed by the one before it, and by no other path. Dates are left to the caller.</summary>
    private static string? Path(List<X509Certificate2> certificates)
    {
        for (int i = 1; i < certificates.Count; i++)
        {
            if (!certificates[i].IssuerName.RawData.AsSpan().SequenceEqual(certificates[i - 1].SubjectName.RawData))
            {
                return $"Certificate {i} was not issued by the one before it.";
            }
        }

        using X509Chain path = new();
        path.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        path.ChainPolicy.CustomTrustStore.Add(certificates[0]);
        path.ChainPolicy.ExtraStore.AddRange(certificates[1..^1].ToArray());
        path.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        path.ChainPolicy.DisableCertificateDownloads = true;
        path.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid | X509VerificationFlags.IgnoreCtlNotTimeValid;
        if (!path.Build(certificates[^1]))
        {
            return $"The chain does not verify: {string.Join(", ", path.ChainStatus.Select(status => status.Status))}.";
        }

        bool same = path.ChainElements.Count == certificates.Count
            && path.ChainElements.Select(element => element.Certificate).Reverse().Zip(certificates).All(pair => pair.First.RawDataMemory.Span.SequenceEqual(pair.Second.RawDataMemory.Span));
        return same ? null : "The chain that verifies is not the one that was sent.";
    }
}
