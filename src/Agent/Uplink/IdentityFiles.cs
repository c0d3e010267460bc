using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>
/// The host's identity on disk: identity/current.json, or what joining wrote before there was renewal (reply.json and key.pem). It changes by one rename that
/// is on disk before anybody uses what it says; the next key is on disk before anybody is asked to certify it. So a crash leaves the old identity, still good,
/// or the new one, whole. The one before is kept beside it (previous.json): a server that was restored from a backup may know that one only.
/// </summary>
internal sealed class IdentityFiles(string dataDirectory)
{
    private const string ReplyFile = "reply.json";
    private const string KeyFile = "key.pem";
    private const int LargestIdentity = 32 * 1024; // Some 4 KiB with the certificates that servers issue.
    private readonly string _folder = Path.Combine(dataDirectory, "identity");

    private string Current => Path.Combine(_folder, "current.json");

    private string Previous => Path.Combine(_folder, "previous.json");

    private string Revoked => Path.Combine(_folder, "revoked.crl");

    private string PolicyKeys => Path.Combine(_folder, "policy-keys.json");

    private string NextKey => Path.Combine(_folder, "next-key.pem");

    private string JoiningKey => Path.Combine(dataDirectory, "joining-" + KeyFile);

    /// <summary>The stored identity; null when the host has not joined.</summary>
    public AgentIdentity? Load()
    {
        if (!File.Exists(Current) && !File.Exists(Path.Combine(_folder, ReplyFile)))
        {
            return null;
        }

        try
        {
            StoredIdentity stored = File.Exists(Current)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(Current), AgentJson.Type<StoredIdentity>())!
                : new StoredIdentity(FleetJson.Read<EnrollReply>(File.ReadAllBytes(Path.Combine(_folder, ReplyFile)))!, File.ReadAllText(Path.Combine(_folder, KeyFile)), null);
            return Open(stored);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw new EnrolmentException(
                EnrolmentFailure.DataDirectory,
                $"The identity in {_folder} cannot be read: {e.Message} Restore it, or move it away and join again with a new token.", e);
        }
    }

    /// <summary>The identity before this one; null when there is none that can be used.</summary>
    public AgentIdentity? LoadPrevious(AgentIdentity current)
    {
        try
        {
            if (!File.Exists(Previous))
            {
                return null;
            }

            AgentIdentity before = Open(JsonSerializer.Deserialize(File.ReadAllBytes(Previous), AgentJson.Type<StoredIdentity>())!);
            if (before.Certificate.SerialNumber != current.Certificate.SerialNumber)
            {
                return before;
            }

            // A crash after it was kept and before its successor was in place.
            before.Dispose();
            return null;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            // It was of use only if the server had forgotten the present one.
            return null;
        }
    }

    /// <summary>Makes the identity before this one the present one again.</summary>
    public void Restore(AgentIdentity previous) => Write(Current, JsonSerializer.SerializeToUtf8Bytes(previous.Stored(), AgentJson.Type<StoredIdentity>()));

    /// <summary>The key of a host that is about to join. It is kept, so that a try after a crash shows the server the same key.</summary>
    public ECDsa PrepareKey(AgentIdentity? current = null) => Prepare(JoiningKey, current);

    /// <summary>The key that the host will have when its certificate is renewed; kept in the same way.</summary>
    public ECDsa PrepareNextKey(AgentIdentity current) => Prepare(NextKey, current);

    /// <summary>
    /// Takes the room that the identity will need, before the server is asked for it: a token that was used for an answer that found no room would be used for nothing.
    /// </summary>
    public void ReserveJoined()
    {
        try
        {
            MakePrivate(_folder);
            DurableFile.Reserve(Current, LargestIdentity, secret: true);
            if (File.Exists(Current))
            {
                DurableFile.Reserve(Previous, LargestIdentity, secret: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(dataDirectory, e);
        }
    }

    /// <summary>Gives the room back when nothing came of it; where even that is refused, the next try does it.</summary>
    public void ReleaseJoined()
    {
        try
        {
            File.Delete(Current + DurableFile.Making);
            File.Delete(Previous + DurableFile.Making);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Why the host did not join is told by what was thrown before.
        }
    }

    /// <summary>Stores what the server answered to joining: all of it or nothing.</summary>
    public AgentIdentity StoreJoined(EnrollReply reply, ECDsa key, string token)
    {
        AgentIdentity identity = Store(new StoredIdentity(reply, key.ExportPkcs8PrivateKeyPem(), token));
        File.Delete(JoiningKey);
        return identity;
    }

    /// <summary>Stores a renewed identity. When this returns it may be used, and not before.</summary>
    public AgentIdentity StoreRenewed(AgentIdentity before, RenewReply renewed, ECDsa key)
    {
        AgentIdentity identity = Store(before.With(renewed, key));
        File.Delete(NextKey);
        return identity;
    }

    /// <summary>The last list of intermediates that the root revoked; null when none was ever heard of, or it is of another root.</summary>
    public RevocationList? LoadRevoked(X509Certificate2 root)
    {
        try
        {
            return File.Exists(Revoked) && RevocationList.TryRead(File.ReadAllBytes(Revoked), root, out RevocationList? list) ? list : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The server says it again with its next hello.
            return null;
        }
    }

    public void StoreRevoked(RevocationList list)
    {
        MakePrivate(_folder);
        Write(Revoked, list.Der);
    }

    /// <summary>The last list of policy keys that the root signed, as far as this host heard of it; null when none was, or it is of another root.</summary>
    public ListedPolicyKeys? LoadPolicyKeys(AgentIdentity identity)
    {
        ListedPolicyKeys.TryRead(identity.PolicyKeys, identity.Authority, out ListedPolicyKeys? joined);
        try
        {
            return File.Exists(PolicyKeys) && new FileInfo(PolicyKeys).Length <= LargestIdentity
                && ListedPolicyKeys.TryRead(JsonSerializer.Deserialize(File.ReadAllBytes(PolicyKeys), AgentJson.Type<SignedPolicyKeys>()), identity.Authority, out ListedPolicyKeys? kept)
                ? ListedPolicyKeys.Newer(kept, joined)
                : joined;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // The server says it again, before the first assignment.
            return joined;
        }
    }

    public void StorePolicyKeys(ListedPolicyKeys list)
    {
        MakePrivate(_folder);
        Write(PolicyKeys, JsonSerializer.SerializeToUtf8Bytes(list.Signed, AgentJson.Type<SignedPolicyKeys>()));
    }

    internal static EnrolmentException NotWritable(string directory, Exception e) => new(
        DiskState.Refuses(e) ? EnrolmentFailure.Disk : EnrolmentFailure.DataDirectory,
        $"The data directory {directory} cannot be written: {e.Message} {(DiskState.Refuses(e) ? "Make room there, or make it writable." : "Choose another with --data, or fix its owner.")}", e);

    private AgentIdentity Store(StoredIdentity stored)
    {
        AgentIdentity identity;
        try
        {
            identity = Open(stored);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            throw new EnrolmentException(EnrolmentFailure.BadReply, $"The identity that the server answered with is not usable: {e.Message}", e);
        }

        try
        {
            MakePrivate(_folder);
            if (File.Exists(Current))
            {
                Write(Previous, File.ReadAllBytes(Current));
            }

            Write(Current, JsonSerializer.SerializeToUtf8Bytes(stored, AgentJson.Type<StoredIdentity>()));

            // What joining left in two files is older now than this one.
            File.Delete(Path.Combine(_folder, ReplyFile));
            File.Delete(Path.Combine(_folder, KeyFile));
            return identity;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            identity.Dispose();
            throw NotWritable(dataDirectory, e);
        }
    }

    private static void Write(string path, byte[] content) => DurableFile.Write(path, content, secret: true);

    private static bool IsUnreadable(Exception e) =>
        e is IOException or UnauthorizedAccessException or JsonException or CryptographicException or FormatException or ArgumentException;

    private ECDsa Prepare(string path, AgentIdentity? current)
    {
        try
        {
            if (File.Exists(path) && TryImport(File.ReadAllText(path)) is { } kept)
            {
                if (current is null || !current.Uses(kept))
                {
                    return kept;
                }

                // A crash after it came into use and before it was cleared away.
                kept.Dispose();
            }

            ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            MakePrivate(Path.GetDirectoryName(path)!);
            DurableFile.Write(path, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()), secret: true);
            return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(dataDirectory, e);
        }
    }

    private static ECDsa? TryImport(string pem)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Nothing was certified for what is no key; another is made.
            key.Dispose();
            return null;
        }
    }

    private static AgentIdentity Open(StoredIdentity stored)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(stored.Key);
        return AgentIdentity.Of(stored.Reply, key, stored.Token);
    }

    private static void MakePrivate(string path) =>
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
