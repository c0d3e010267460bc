using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>What a host is after it joined: its id, certificate and key, the server's CA, the key that signs policies.</summary>
internal sealed class AgentIdentity : IDisposable
{
    private const string Folder = "identity";
    private const string ReplyFile = "reply.json";
    private const string KeyFile = "key.pem";

    private AgentIdentity(HostId host, X509Certificate2 certificate, X509Certificate2 authority, ECDsa policyKey)
    {
        Host = host;
        Certificate = certificate;
        Authority = authority;
        PolicyKey = policyKey;
    }

    public HostId Host { get; }

    public X509Certificate2 Certificate { get; }

    public X509Certificate2 Authority { get; }

    public ECDsa PolicyKey { get; }

    /// <summary>The stored identity; null when the host has not joined.</summary>
    public static AgentIdentity? Load(string dataDirectory)
    {
        string folder = Path.Combine(dataDirectory, Folder);
        if (!Directory.Exists(folder))
        {
            return null;
        }

        try
        {
            EnrollReply reply = FleetJson.Read<EnrollReply>(File.ReadAllBytes(Path.Combine(folder, ReplyFile)))!;
            using ECDsa key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(Path.Combine(folder, KeyFile)));
            return FromReply(reply, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or CryptographicException or FormatException or ArgumentException)
        {
            throw new EnrolmentException(
                EnrolmentFailure.DataDirectory,
                $"The identity in {folder} cannot be read: {e.Message} Restore it, or move it away and join again with a new token.", e);
        }
    }

    /// <summary>The key of a host that is about to join. It is kept, so that a try after a crash shows the server the same key.</summary>
    public static ECDsa PrepareKey(string dataDirectory)
    {
        try
        {
            PrivateDirectory(dataDirectory);
            string path = Path.Combine(dataDirectory, "joining-" + KeyFile);
            ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            if (File.Exists(path))
            {
                key.ImportFromPem(File.ReadAllText(path));
            }
            else
            {
                DurableFile.Write(path, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()), secret: true);
            }

            return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(dataDirectory, e);
        }
    }

    /// <summary>Stores what the server answered: all of it or nothing.</summary>
    public static AgentIdentity Store(string dataDirectory, EnrollReply reply, ECDsa key)
    {
        AgentIdentity identity;
        try
        {
            identity = FromReply(reply, key);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            throw new EnrolmentException(EnrolmentFailure.BadReply, $"The server's answer to the enrolment is not usable: {e.Message}", e);
        }

        try
        {
            string folder = Path.Combine(dataDirectory, Folder);
            string making = folder + ".new";
            if (Directory.Exists(making))
            {
                Directory.Delete(making, recursive: true);
            }

            PrivateDirectory(making);
            DurableFile.Write(Path.Combine(making, KeyFile), System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()), secret: true);
            DurableFile.Write(Path.Combine(making, ReplyFile), FleetJson.Write(reply), secret: true);
            Directory.Move(making, folder);
            File.Delete(Path.Combine(dataDirectory, "joining-" + KeyFile));
            return identity;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            identity.Dispose();
            throw NotWritable(dataDirectory, e);
        }
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Authority.Dispose();
        PolicyKey.Dispose();
    }

    internal static EnrolmentException NotWritable(string directory, Exception e) => new(
        EnrolmentFailure.DataDirectory, $"The data directory {directory} cannot be written: {e.Message} Choose another with --data, or fix its owner.", e);

    private static AgentIdentity FromReply(EnrollReply reply, ECDsa key)
    {
        X509Certificate2 authority = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(reply.Authority));
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(reply.Certificate));
        ECDsa policyKey = ECDsa.Create();
        policyKey.ImportSubjectPublicKeyInfo(Convert.FromBase64String(reply.PolicyKey), out _);
        return new AgentIdentity(reply.Host, bare.CopyWithPrivateKey(key), authority, policyKey);
    }

    private static void PrivateDirectory(string path) =>
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
