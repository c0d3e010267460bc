using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Domain.Policies;
using Fleet.Server.Identity.Authority;

namespace Fleet.Server.Identity.PolicyKeys;

/// <summary>
/// Replaces the key that signs assignments: another is prepared and put on the root's list beside the present one, activated, and the old one taken off the list.
/// Both need the root's key, which a thief of the server does not have. Each step is one file replaced, so that a crash leaves the step before or the whole of it.
/// </summary>
internal sealed class PolicyKeyKeeper(string directory, TimeProvider time)
{
    private readonly PolicyKeyFiles _files = new(directory);
    private readonly AuthorityFiles _authority = new(directory);

    /// <summary>Makes the next key and lets the root list it. It signs nothing until it is activated.</summary>
    public PolicyKeyEntry Prepare(string? rootKey)
    {
        using FileStream only = AuthorityLock.Take(directory);
        PolicyKeyRing ring = Read();
        if (ring.Keys.FirstOrDefault(key => key.State is PolicyKeyState.Prepared) is { } waiting)
        {
            throw new AuthorityException($"Policy key {waiting.Number} is prepared already. Activate it, or retire it and prepare another.");
        }

        if (ring.Keys.Count(key => key.Counts) >= PolicyKeyList.MostKeys)
        {
            throw new AuthorityException($"{PolicyKeyList.MostKeys} policy keys count already; retire the oldest first: 'fleet-server authority policy-key retire {ring.ForOldAgents.Number}'.");
        }

        using X509Certificate2 root = _authority.RootWithKey(rootKey);
        using ECDsa made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PolicyKeyEntry entry = new()
        {
            Number = ring.Keys.Max(key => key.Number) + 1,
            State = PolicyKeyState.Prepared,
            PublicKey = PolicyKeyFiles.PublicHalf(made),
            Prepared = time.GetUtcNow(),
        };
        _files.Write(entry.Number, made);
        _files.Write(Signed(ring with { Keys = [.. ring.Keys, entry] }, root));
        return entry;
    }

    /// <summary>From now on this one signs. What the ones before signed is believed until they are retired.</summary>
    public PolicyKeyEntry Activate(int? number)
    {
        using FileStream only = AuthorityLock.Take(directory);
        PolicyKeyRing ring = Read();
        PolicyKeyEntry chosen = number is null
            ? ring.Keys.FirstOrDefault(key => key.State is PolicyKeyState.Prepared) ?? throw new AuthorityException("No policy key is prepared; make one with 'fleet-server authority policy-key prepare'.")
            : Find(ring, number.Value);
        switch (chosen.State)
        {
            case PolicyKeyState.Activated:
                throw new AuthorityException($"Policy key {chosen.Number} is activated already.");
            case PolicyKeyState.Retired:
                throw new AuthorityException($"Policy key {chosen.Number} is retired and its private half is gone; prepare another with 'fleet-server authority policy-key prepare'.");
            default:
                _files.Open(chosen).Dispose(); // A server that could not sign with it would stop with the next start.
                PolicyKeyEntry activated = chosen with { State = PolicyKeyState.Activated, Activated = time.GetUtcNow() };
                _files.Write(ring.With(activated));
                return activated;
        }
    }

    /// <summary>The root lists this one no more: agents refuse what it signs as soon as they hear of it. Its private half is deleted.</summary>
    public PolicyKeyEntry Retire(int number, string? rootKey)
    {
        using FileStream only = AuthorityLock.Take(directory);
        PolicyKeyRing ring = Read();
        PolicyKeyEntry chosen = Find(ring, number);
        if (!chosen.Counts)
        {
            _files.DeleteRetired(ring); // After a crash between the two.
            throw new AuthorityException($"Policy key {number} is retired already.");
        }

        if (ring.Signing.Number == number)
        {
            throw new AuthorityException($"Policy key {number} is the one that signs. Prepare and activate another first.");
        }

        using X509Certificate2 root = _authority.RootWithKey(rootKey);
        PolicyKeyEntry retired = chosen with { State = PolicyKeyState.Retired, Retired = time.GetUtcNow() };
        PolicyKeyRing after = Signed(ring.With(retired), root);
        _files.Write(after);
        _files.DeleteRetired(after);
        return retired;
    }

    private PolicyKeyRing Read() => _authority.HasRoot
        ? _files.Read()
        : throw new AuthorityException($"There is no authority in {directory} yet: 'fleet-server run' makes one at its first start. Give the server's directory with --data.");

    // The number is the time, so that the list of a server that was restored from a backup is newer than what agents heard before. It rises with a clock that is wrong too.
    private PolicyKeyRing Signed(PolicyKeyRing ring, X509Certificate2 root)
    {
        byte[] payload = CanonicalJson.Write(ring.ToBeSigned(Math.Max(ring.ListNumber + 1, time.GetUtcNow().ToUnixTimeSeconds())));
        using ECDsa key = root.GetECDsaPrivateKey()!;
        byte[] signature = key.SignData(SignedPolicyKeys.SignedBytes(payload), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return ring with { List = new SignedPolicyKeys(Convert.ToBase64String(payload), Convert.ToBase64String(signature)) };
    }

    private static PolicyKeyEntry Find(PolicyKeyRing ring, int number) => ring.Find(number)
        ?? throw new AuthorityException($"There is no policy key {number}; 'fleet-server authority policy-key show' lists them.");
}
