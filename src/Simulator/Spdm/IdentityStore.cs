using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Simulator.Spdm;

/// <summary>Keeps a simulated device's keys and certificates in a directory, so that it is the same device at every start. They are worth nothing elsewhere.</summary>
internal static class IdentityStore
{
    /// <summary>The device of the directory; makes it where there is none yet.</summary>
    public static ImmutableArray<SlotCredential> Open(string directory, uint asymBits, DateTimeOffset now, DeviceNames names)
    {
        Directory.CreateDirectory(directory);
        string prefix = Path.Combine(directory, $"{asymBits:x3}");
        if (!File.Exists(prefix + "-slot1.key.pem"))
        {
            CredentialFactory factory = new(asymBits, now);
            foreach (SlotCredential made in new[] { factory.Make(0, names), factory.Make(1, names, alias: true) })
            {
                File.WriteAllText($"{prefix}-slot{made.Slot}.chain.pem", string.Concat(made.Certificates.Select(der => PemEncoding.WriteString("CERTIFICATE", der) + "\n")));
                File.WriteAllText($"{prefix}-slot{made.Slot}.key.pem", made.Key.ExportPkcs8PrivateKeyPem() + "\n");
            }

            File.WriteAllBytes(Path.Combine(directory, "root.der"), factory.Root);
        }

        return [Read(prefix, 0, asymBits), Read(prefix, 1, asymBits)];
    }

    private static SlotCredential Read(string prefix, byte slot, uint asymBits)
    {
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile($"{prefix}-slot{slot}.chain.pem");
        AsymmetricAlgorithm key = (asymBits & 0x190) != 0 ? ECDsa.Create() : RSA.Create();
        string pem = File.ReadAllText($"{prefix}-slot{slot}.key.pem");
        PemFields fields = PemEncoding.Find(pem);
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(pem[fields.Base64Data]), out _);
        return new(slot, asymBits, [.. chain.Select(certificate => certificate.RawData)], key) { Model = slot == 0 ? (byte)1 : (byte)2 };
    }
}
