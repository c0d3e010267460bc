using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Simulator.Hardware;

namespace Fleet.Simulator.Spdm;

/// <summary>
/// The vendors of simulated devices, one root each, and the certificates that they gave. In a directory they stay what they are over
/// restarts, so that a device can be pinned and its vendor trusted; the keys are worth nothing elsewhere.
/// </summary>
/// <param name="directory">Where they are kept; null for nowhere.</param>
/// <param name="time">The clock of certificates.</param>
internal sealed class VendorStore(string? directory, TimeProvider time)
{
    private const uint EcdsaP256 = 0x10;

    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, CredentialFactory> _vendors = [];

    /// <summary>Where a vendor's root certificate is, to be trusted as an anchor.</summary>
    public static string AnchorIn(string directory, ushort vendor) => Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"anchor-{vendor:x4}.der"));

    /// <summary>Sees to it that the roots of these functions' vendors are there before anybody attests them.</summary>
    public void Prepare(IEnumerable<FunctionModel> functions)
    {
        lock (_gate)
        {
            foreach (FunctionModel function in functions.Where(function => function.Mailboxes.Any(mailbox => mailbox.Spdm is not null)))
            {
                Vendor(function.Vendor);
            }
        }
    }

    /// <summary>The certificate of a function's responder; made when it is first asked for.</summary>
    public SlotCredential Certify(FunctionModel model, string host)
    {
        lock (_gate)
        {
            CredentialFactory vendor = Vendor(model.Vendor);
            DeviceNames names = DeviceNames.Of(model, $"{host}-{model.Address}");
            if (directory is null)
            {
                return vendor.Make(0, names);
            }

            string prefix = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{host}-{model.Address}-{model.Vendor:x4}-{model.Device:x4}"));
            if (!File.Exists(IdentityStore.KeyOf(prefix)))
            {
                IdentityStore.Write(prefix, vendor.Make(0, names));
            }

            return IdentityStore.Read(prefix, 0, EcdsaP256);
        }
    }

    private CredentialFactory Vendor(ushort id)
    {
        if (_vendors.TryGetValue(id, out CredentialFactory? vendor))
        {
            return vendor;
        }

        vendor = directory is null ? Make(id) : OpenOrMake(directory, id);
        _vendors.Add(id, vendor);
        return vendor;
    }

    private CredentialFactory OpenOrMake(string place, ushort id)
    {
        string anchor = AnchorIn(place, id);
        string key = Path.ChangeExtension(anchor, ".key.pem");
        if (File.Exists(anchor) && File.Exists(key))
        {
            return new(EcdsaP256, time.GetUtcNow(), X509CertificateLoader.LoadCertificateFromFile(anchor), IdentityStore.ReadKey(key, ECDsa.Create()));
        }

        Directory.CreateDirectory(place);
        CredentialFactory made = Make(id);
        File.WriteAllText(key, made.RootKey.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllBytes(anchor, made.Root);
        return made;
    }

    private CredentialFactory Make(ushort id) => new(EcdsaP256, time.GetUtcNow(), string.Create(CultureInfo.InvariantCulture, $"Simulated {id:x4}"));
}
