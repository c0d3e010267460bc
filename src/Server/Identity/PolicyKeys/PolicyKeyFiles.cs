using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Fleet.Server.Data;
using Fleet.Server.Identity.Authority;

namespace Fleet.Server.Identity.PolicyKeys;

/// <summary>
/// The keys that sign assignments, in pki/: policy.key is the first, policy-N.key the next ones; policy-keys.json says which is in which state, and carries what
/// the root signed of them. Until the first replacement there is policy.key alone.
/// </summary>
internal sealed class PolicyKeyFiles(string directory)
{
    private const int First = 1;
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string State => Path.Combine(directory, "policy-keys.json");

    /// <summary>What tells one state of the files from another.</summary>
    public (DateTime Written, long Length) Stamp()
    {
        FileInfo file = new(State);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    public string PathOf(int number) => Path.Combine(directory, number is First ? "policy.key" : string.Create(CultureInfo.InvariantCulture, $"policy-{number}.key"));

    /// <summary>Makes the first key where there is none. A key is never made over one that is there, nor where there was one.</summary>
    public void Ensure()
    {
        if (!File.Exists(State) && !File.Exists(PathOf(First)))
        {
            SecretFile.MakeDirectory(directory);
            using ECDsa made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Write(First, made);
        }
    }

    /// <exception cref="AuthorityException">A file is missing or broken.</exception>
    public PolicyKeyRing Read()
    {
        try
        {
            if (!File.Exists(State))
            {
                using ECDsa only = OpenKey(First);
                DateTimeOffset made = new(File.GetLastWriteTimeUtc(PathOf(First)));
                return new PolicyKeyRing([new PolicyKeyEntry { Number = First, State = PolicyKeyState.Activated, PublicKey = PublicHalf(only), Prepared = made, Activated = made }], null);
            }

            PolicyKeyRing ring = JsonSerializer.Deserialize<PolicyKeyRing>(File.ReadAllText(State), Format) ?? throw new JsonException("null");
            return ring is { List: not null, Keys: not null } && ring.ListNumber > 0 && ring.Keys.Any(key => key.State is PolicyKeyState.Activated)
                ? ring
                : throw new JsonException("It names no key that is in use, or no list.");
        }
        catch (Exception error) when (IsBroken(error))
        {
            throw new AuthorityException($"{State} cannot be read: {error.Message} Restore it from a backup of the same day as the keys beside it.", error);
        }
    }

    public void Write(PolicyKeyRing ring) => SecretFile.Write(State, JsonSerializer.Serialize(ring, Format) + "\n");

    public void Write(int number, ECDsa key) => SecretFile.Write(PathOf(number), key.ExportPkcs8PrivateKeyPem() + "\n");

    /// <summary>The private half of a key that is in use.</summary>
    /// <exception cref="AuthorityException">It is missing, broken, or another one than it should be.</exception>
    public ECDsa Open(PolicyKeyEntry entry)
    {
        ECDsa key = OpenKey(entry.Number);
        if (PublicHalf(key) == entry.PublicKey)
        {
            return key;
        }

        key.Dispose();
        throw new AuthorityException($"{PathOf(entry.Number)} is another key than {State} says (policy key {entry.ShortName}). Restore both from one backup.");
    }

    /// <summary>Deletes the private halves of retired keys; what a crash left is found the next time.</summary>
    public void DeleteRetired(PolicyKeyRing ring)
    {
        foreach (PolicyKeyEntry retired in ring.Keys.Where(key => !key.Counts))
        {
            File.Delete(PathOf(retired.Number));
        }
    }

    public static string PublicHalf(ECDsa key) => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    private ECDsa OpenKey(int number)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(PathOf(number)));
            return key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
                ? key
                : throw new CryptographicException("It is not a P-256 key.");
        }
        catch (Exception error) when (IsBroken(error))
        {
            key.Dispose();
            throw new AuthorityException(
                $"The key that signs policies, {PathOf(number)}, cannot be read: {error.Message} Restore it from a backup: agents that have joined obey no other key."
                + (File.Exists(State) ? " Or prepare and activate another and retire this one, by 'fleet-server authority policy-key' and with the root's key." : ""), error);
        }
    }

    private static bool IsBroken(Exception error) =>
        error is CryptographicException or ArgumentException or JsonException or FormatException or FileNotFoundException or UnauthorizedAccessException;
}
