using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Simulator.Load;

/// <summary>
/// The identities of all hosts of a load fleet in one file, a line each, so that a second run brings the same hosts back. Keys of simulated hosts;
/// readable by their owner alone all the same.
/// </summary>
internal sealed class IdentityFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LoadIdentity> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, X509Certificate2> _authorities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ECDsa> _policyKeys = new(StringComparer.Ordinal);
    private readonly StreamWriter _file;

    private IdentityFile(StreamWriter file) => _file = file;

    /// <summary>Opens the file, making it when it is not there.</summary>
    /// <exception cref="IOException">It is no such file, or cannot be written.</exception>
    public static IdentityFile Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string[] lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        FileStream stream = new(path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        IdentityFile file = new(new StreamWriter(stream));
        for (int number = 0; number < lines.Length; number++)
        {
            file.Read(path, number + 1, lines[number], last: number == lines.Length - 1);
        }

        return file;
    }

    /// <summary>Every identity there is now.</summary>
    public IReadOnlyList<LoadIdentity> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _known.Values];
            }
        }
    }

    public LoadIdentity? Find(string name)
    {
        lock (_gate)
        {
            return _known.GetValueOrDefault(name);
        }
    }

    /// <summary>Keeps what the server answered.</summary>
    /// <exception cref="CryptographicException">The answer holds no certificate or key.</exception>
    public LoadIdentity Add(string name, byte[] key, EnrollReply reply)
    {
        lock (_gate)
        {
            LoadIdentity identity = Make(key, reply);
            _known[name] = identity;
            _file.WriteLine(JsonSerializer.Serialize(new Line(name, key, reply), FleetJson.Options));
            return identity;
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        foreach (IDisposable opened in _authorities.Values.Cast<IDisposable>().Concat(_policyKeys.Values))
        {
            opened.Dispose();
        }
    }

    private void Read(string path, int number, string text, bool last)
    {
        try
        {
            Line line = JsonSerializer.Deserialize<Line>(text, FleetJson.Options)!;
            _known[line.Name] = Make(line.Key, line.Reply);
        }
        catch (Exception e) when (e is JsonException or CryptographicException or FormatException or NullReferenceException)
        {
            // A run that was killed leaves half of a last line; that host joins again.
            if (!last)
            {
                throw new IOException($"Line {number} of {path} is no identity: {e.Message} Give another --data, or delete the file: its hosts then join again.", e);
            }
        }
    }

    private LoadIdentity Make(byte[] key, EnrollReply reply)
    {
        if (!_authorities.TryGetValue(reply.Authority, out X509Certificate2? authority))
        {
            _authorities[reply.Authority] = authority = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(reply.Authority));
        }

        if (!_policyKeys.TryGetValue(reply.PolicyKey, out ECDsa? policyKey))
        {
            policyKey = ECDsa.Create();
            policyKey.ImportSubjectPublicKeyInfo(Convert.FromBase64String(reply.PolicyKey), out _);
            _policyKeys[reply.PolicyKey] = policyKey;
        }

        return new LoadIdentity(reply.Host, key, Convert.FromBase64String(reply.Certificate), authority, [], policyKey);
    }

    private sealed record Line(string Name, byte[] Key, EnrollReply Reply);
}
