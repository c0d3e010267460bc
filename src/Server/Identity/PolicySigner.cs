// The keys that sign assignments. Agents believe those that the root lists (PolicyKeys/), or the one they were given when they joined while there is no list.
using System.Security.Cryptography;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Hosting;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Identity.PolicyKeys;

namespace Fleet.Server.Identity;

/// <summary>Signs assignments with the key in use, for agents that know no list with the oldest one. Follows the files in pki/.</summary>
internal sealed class PolicySigner : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PolicyKeyFiles _files;
    private (DateTime, long) _stamp;
    private Held _held;

    private PolicySigner(PolicyKeyFiles files)
    {
        _files = files;
        _stamp = files.Stamp();
        _held = Held.Open(files);
    }

    public PolicyKeyRing Ring => Volatile.Read(ref _held).Ring;

    /// <summary>Number of the root's list; 0 for none.</summary>
    public long ListNumber => Volatile.Read(ref _held).ListNumber;

    /// <summary>What a host is given when it joins, base64 of SubjectPublicKeyInfo: the key that signs for agents that know no list.</summary>
    public string PublicKey => Ring.ForOldAgents.PublicKey;

    /// <summary>Reads the keys from pki/, making one on the first start.</summary>
    /// <exception cref="StartException">A file is there and is not such a key.</exception>
    public static PolicySigner Open(DataDirectory data)
    {
        try
        {
            PolicyKeyFiles files = new(data.Private(CertificateAuthority.Folder));
            files.Ensure();
            return new PolicySigner(files);
        }
        catch (AuthorityException error)
        {
            throw new StartException(error.Message, error);
        }
    }

    /// <summary>Reads the files again if they changed. What is broken is not taken: the keys stay as they were.</summary>
    /// <returns>The keys before, if there are others now.</returns>
    /// <exception cref="AuthorityException">The files cannot be taken.</exception>
    public PolicyKeyRing? Refresh()
    {
        (DateTime, long) stamp = _files.Stamp();
        if (stamp == _stamp)
        {
            return null;
        }

        Held read = Held.Open(_files);
        PolicyKeyRing before = Ring;
        lock (_gate)
        {
            _held.Dispose();
            Volatile.Write(ref _held, read);
        }

        _stamp = stamp;
        return before;
    }

    /// <summary>Signs: ECDSA P-256 with SHA-256, IEEE P1363 form.</summary>
    /// <param name="payload">What.</param>
    /// <param name="knowsLists">Whether the agent takes lists of keys.</param>
    /// <returns>The signature, and the list that has its key.</returns>
    public (byte[] Signature, SignedPolicyKeys? Keys) Sign(ReadOnlySpan<byte> payload, bool knowsLists = true)
    {
        // An ECDsa instance is not for several threads at once.
        lock (_gate)
        {
            ECDsa key = knowsLists ? _held.Signing : _held.ForOldAgents;
            return (key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation), knowsLists ? _held.Ring.List : null);
        }
    }

    public void Dispose() => _held.Dispose();

    private sealed record Held(PolicyKeyRing Ring, long ListNumber, ECDsa Signing, ECDsa ForOldAgents) : IDisposable
    {
        public static Held Open(PolicyKeyFiles files)
        {
            PolicyKeyRing ring = files.Read();
            ECDsa signing = files.Open(ring.Signing);
            try
            {
                return new Held(ring, ring.ListNumber, signing, files.Open(ring.ForOldAgents));
            }
            catch
            {
                signing.Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            Signing.Dispose();
            ForOldAgents.Dispose();
        }
    }
}
