using System.Security.Cryptography.X509Certificates;
using Fleet.Agent.Local;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>A real fleet-agent of one test, which is killed and started again on the same data.</summary>
internal sealed class AgentUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly string _root;
    private readonly string _server;
    private Daemon? _daemon;

    public AgentUnderTest(string name, string server) => (_root, _server) = (Places.NewData(name), server);

    public string Said => _daemon?.Said ?? "";

    public Daemon Daemon => _daemon!;

    /// <summary>Where its identity lies.</summary>
    public string Identity => Path.Combine(_root, "data", "identity");

    public string NextKey => Path.Combine(Identity, "next-key.pem");

    private string Socket => Path.Combine(_root, "run", "agent.sock");

    public void Start(string? token = null)
    {
        string file = Path.Combine(_root, "join.token");
        File.WriteAllText(file, token ?? "");
        _daemon = Daemon.Start(
            Places.Agent,
            ["run", "--server", _server, "--data", Path.Combine(_root, "data"), "--run", Path.Combine(_root, "run"), "--no-mirror", .. token is null ? Array.Empty<string>() : ["--token-file", file]]);
    }

    public async Task StartConnectedAsync(string? token = null)
    {
        Start(token);
        await ConnectedAsync();
    }

    public Task ConnectedAsync() => UntilAsync(state => state.Connected, "it was connected");

    /// <summary>Waits for a state that its own local interface tells.</summary>
    public Task UntilAsync(Func<LocalState, bool> condition, string what, TimeSpan? deadline = null) => Daemon.UntilAsync(
        async () => await StateAsync() is { } state && condition(state), deadline ?? Soon, $"{what}\n{Said}");

    public async Task KillAsync()
    {
        await _daemon!.KillAsync();
        await _daemon.DisposeAsync();
        _daemon = null;
    }

    public async Task StopAsync()
    {
        await _daemon!.StopAsync();
        await _daemon.DisposeAsync();
        _daemon = null;
    }

    /// <summary>A copy of the certificate that it has on disk, with its key.</summary>
    public X509Certificate2 Certificate()
    {
        using AgentIdentity identity = new IdentityFiles(Path.Combine(_root, "data")).Load()!;
        return X509Certificate2.CreateFromPem(identity.Certificate.ExportCertificatePem(), identity.Stored().Key);
    }

    public string Serial()
    {
        using X509Certificate2 certificate = Certificate();
        return certificate.SerialNumber;
    }

    /// <summary>Takes all that the host knows of itself away, as somebody does who wants to come back as another.</summary>
    public void Forget() => Directory.Delete(Path.Combine(_root, "data"), recursive: true);

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync();
        }
    }

    private async Task<LocalState?> StateAsync()
    {
        try
        {
            using LocalClient client = new(Socket);
            return await client.GetAsync<LocalState>("/v1/state", TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null; // It is starting.
        }
    }
}
