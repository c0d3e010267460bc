using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Server.Identity.Authority;

/// <summary>
/// The authority at one moment: a root, by which agents know their server, and the intermediates that it signed. Never disposed of: a
/// handshake may still use what a newer snapshot has replaced, and there are few in the life of a process.
/// </summary>
/// <param name="Root">The root.</param>
/// <param name="Intermediates">All, retired ones too.</param>
/// <param name="Revoked">The root's list of intermediates that no agent is to believe any more, DER; null while there is none.</param>
internal sealed record AuthoritySnapshot(X509Certificate2 Root, IReadOnlyList<Intermediate> Intermediates, byte[]? Revoked)
{
    /// <summary>The list as agents get it.</summary>
    public string? RevokedText { get; } = Revoked is null ? null : Convert.ToBase64String(Revoked);

    /// <summary>SHA-256 of the root's DER, lower-case hexadecimal: what a join token carries.</summary>
    public string Fingerprint { get; } = Root.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <summary>The one that issues: activated last.</summary>
    public Intermediate? Issuing { get; } =
        Intermediates.Where(one => one.Entry.State is IntermediateState.Activated).OrderBy(one => one.Entry.Activated).ThenBy(one => one.Entry.Number).LastOrDefault();

    public Intermediate? Find(int number) => Intermediates.FirstOrDefault(one => one.Entry.Number == number);
}
