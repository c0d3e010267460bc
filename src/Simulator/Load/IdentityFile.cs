using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Fleet.Agent.Uplink;
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
    private readonly HashSet<string> _policyKeys = new(StringComparer.Ordinal);
    private readonly StreamWriter _file;

    private readonly string _path;

    private IdentityFile(StreamWriter file, string path) => (_file, _path) = (file, path);

    /// <summary>Opens the file, making it with its directory when it is not there. Nobody else may have it open: a key is one host's.</summary>
    /// <param name="path">Where.</param>
    /// <param name="anew">Forgets the hosts that are in it.</param>
    /// <exception cref="IOException">It is no such file, cannot be written, or is used by another run.</exception>
    public static IdentityFile Open(string path, bool anew = false)
    {
        FileStream stream = OpenAlone(path);
        IdentityFile file = new(new StreamWriter(stream), path);
        try
        {
            if (anew)
            {
                stream.SetLength(0);
            }

            // A run that was killed leaves half of a last line; that host joins again.
            byte[] text = new byte[stream.Length];
            stream.ReadExactly(text);
            int whole = text.AsSpan().LastIndexOf((byte)'\n') + 1;
            stream.SetLength(whole);
            string[] lines = Encoding.UTF8.GetString(text, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            for (int number = 0; number < lines.Length; number++)
            {
                file.Read(number + 1, lines[number]);
            }

            stream.Seek(0, SeekOrigin.End);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that the hosts are of a server's fleet.</summary>
    /// <exception cref="IOException">They joined another.</exception>
    public void Check(byte[] authority, Uri server)
    {
        if (_authorities.Values.Any(known => !known.RawDataMemory.Span.SequenceEqual(authority)))
        {
            throw new IOException($"The hosts kept in {_path} joined another fleet than that of {server}. Give another --data, or delete the file: its hosts then join this one.");
        }
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
        foreach (X509Certificate2 opened in _authorities.Values)
        {
            opened.Dispose();
        }
    }

    private static FileStream OpenAlone(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        try
        {
            Directory.CreateDirectory(directory);
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The hosts' identities cannot be kept in {path}: {e.Message} Give a directory that may be written, and that no other fleet-sim load uses now, with --data.", e);
        }
    }

    private void Read(int number, string text)
    {
        try
        {
            Line line = JsonSerializer.Deserialize<Line>(text, FleetJson.Options)!;
            _known[line.Name] = Make(line.Key, line.Reply);
        }
        catch (Exception e) when (e is JsonException or CryptographicException or FormatException or NullReferenceException)
        {
            throw new IOException($"Line {number} of {_path} is no identity: {e.Message} Give another --data, or delete the file: its hosts then join again.", e);
        }
    }

    private LoadIdentity Make(byte[] key, EnrollReply reply)
    {
        if (!_authorities.TryGetValue(reply.Authority, out X509Certificate2? authority))
        {
            _authorities[reply.Authority] = authority = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(reply.Authority));
        }

        if (!_policyKeys.TryGetValue(reply.PolicyKey, out string? policyKey))
        {
            policyKey = PolicyTrust.IsKey(reply.PolicyKey) ? reply.PolicyKey : throw new CryptographicException("The key that signs policies is not a P-256 key.");
            _policyKeys.Add(policyKey);
        }

        return new LoadIdentity(reply.Host, key, Convert.FromBase64String(reply.Certificate), authority, [], policyKey);
    }

    private sealed record Line(string Name, byte[] Key, EnrollReply Reply);
}
