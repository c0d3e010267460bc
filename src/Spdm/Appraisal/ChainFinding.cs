namespace Fleet.Spdm.Appraisal;

/// <summary>What a chain is, whoever sent it; of an unsound one only the problem counts.</summary>
/// <param name="Problem">What is wrong; null where nothing is.</param>
/// <param name="Key">The leaf's key.</param>
/// <param name="NotBefore">When the last of its certificates begins.</param>
/// <param name="NotAfter">When the first of its certificates ends.</param>
/// <param name="Model">Where the hardware identity is.</param>
/// <param name="IdentityHash">SHA-256 of the certificate with the hardware identity; of the leaf where none says that it has it.</param>
/// <param name="CmaName">The leaf's name by PCIe CMA.</param>
/// <param name="DeviceName">The leaf's name by DSP0274.</param>
/// <param name="Subject">The leaf's subject.</param>
/// <param name="Depth">How many certificates.</param>
internal sealed record ChainFinding(
    string? Problem, LeafKey? Key, DateTimeOffset NotBefore, DateTimeOffset NotAfter, CertificateModel Model, ReadOnlyMemory<byte> IdentityHash, string? CmaName, string? DeviceName, string Subject, int Depth)
{
    public static ChainFinding Unsound(string problem) => new(problem, null, default, default, CertificateModel.Any, default, null, null, "", 0);
}
