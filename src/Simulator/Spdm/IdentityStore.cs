using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Simulator.Spdm;

/// <summary>Keeps simulated devices' keys and certificates in a directory, so that each is the same device at every start. They are worth nothing elsewhere.</summary>
internal static class IdentityStore
{
    /// <summary>The device of the directory; makes it where there is none yet.</summary>
    public static ImmutableArray<SlotCredential> Open(string directory, uint asymBits, DateTimeOffset now, DeviceNames names)
    {
        Directory.CreateDirectory(directory);
        string prefix = Path.Combine(directory, $"{asymBits:x3}");
        if (!File.Exists(KeyOf(prefix + "-slot1")))
        {
            CredentialFactory factory = new(asymBits, now);
            Write(prefix + "-slot0", factory.Make(0, names));
            Write(prefix + "-slot1", factory.Make(1, names, alias: true));
            File.WriteAllBytes(Path.Combine(directory, "root.der"), factory.Root);
        }

        return [Read(prefix + "-slot0", 0, asymBits), Read(prefix + "-slot1", 1, asymBits) with { Model = 2 }];
    }

    public static string KeyOf(string prefix) => prefix + ".key.pem";

    /// <summary>Writes certificates and key; the key last, so that where there is a key there is everything.</summary>
    public static void Write(string prefix, SlotCredential credential)
    {
        File.WriteAllText(ChainOf(prefix), string.Concat(credential.Certificates.Select(der => PemEncoding.WriteString("CERTIFICATE", der) + "\n")));
        File.WriteAllText(KeyOf(prefix), credential.Key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    public static SlotCredential Read(string prefix, byte slot, uint asymBits)
    {
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(ChainOf(prefix));
        AsymmetricAlgorithm key = ReadKey(KeyOf(prefix), (asymBits & 0x190) != 0 ? ECDsa.Create() : RSA.Create());
        return new(slot, asymBits, [.. chain.Select(certificate => certificate.RawData)], key);
    }

    /// <summary>Fills a key of the right kind with what the file has.</summary>
    public static AsymmetricAlgorithm ReadKey(string path, AsymmetricAlgorithm key)
    {
        string pem = File.ReadAllText(path);
        PemFields fields = PemEncoding.Find(pem);
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(pem[fields.Base64Data]), out _);
        return key;
    }

    private static string ChainOf(string prefix) => prefix + ".chain.pem";
}
