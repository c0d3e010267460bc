using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Agent.Attestation;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Server.Tests.Identity;

/// <summary>The link of a real agent that knows the server and shows a certificate that is refused: what it understood, and what its log tells the operator.</summary>
internal sealed class RefusedAgent : ILinkedHost, IEvidenceProvider, ILogger
{
    private readonly ConcurrentQueue<string> _said = new();

    private RefusedAgent(string name) => Facts = new HostFacts
    {
        Name = name,
        MachineId = name,
        BootId = "boot",
        Kernel = "6.1.0",
        Architecture = "x86_64",
        Lockdown = "none",
        AgentVersion = "0.1.0",
        Intercept = "none",
        Mode = EnforcementMode.Observe,
    };

    public IReadOnlyCollection<string> Said => _said;

    public LinkRefusal? Refusal { get; private set; }

    public HostFacts Facts { get; }

    public InventoryReport Inventory { get; } = new("none", []);

    public IReadOnlyDictionary<string, string> Endpoints { get; } = new Dictionary<string, string>();

    public string Name => Facts.Name;

    /// <summary>Connects until it is refused and has said so.</summary>
    public static async Task<RefusedAgent> ConnectAsync(TestServer server, HostId host, string name, X509Certificate2 certificate)
    {
        string directory = Directory.CreateTempSubdirectory("fleet-refused-").FullName;
        RefusedAgent agent = new(name);
        try
        {
            await agent.RunAsync(server, host, certificate, directory);
            return agent;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    public IReadOnlyList<ClaimFacts> Claims() => [];

    public Task WaitForChangeAsync(CancellationToken ct) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);

    public Task<AttestationRun> RunAsync(AttestationRequest request, CancellationToken ct) => throw new UnreachableException("Who is refused gets no job.");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _said.Enqueue(formatter(state, exception));

    private async Task RunAsync(TestServer server, HostId host, X509Certificate2 certificate, string directory)
    {
        using ECDsa policies = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        EnrollReply reply = new(
            host, Convert.ToBase64String(certificate.RawData), Convert.ToBase64String(server.Services.GetRequiredService<CertificateAuthority>().Root.RawData),
            Convert.ToBase64String(policies.ExportSubjectPublicKeyInfo()));
        using AgentIdentity identity = AgentIdentity.Of(reply, key, null);
        await using Spool spool = new(new SpoolOptions { Path = Path.Combine(directory, "spool.db") }, Facts.Name, TimeProvider.System, this);
        await using AttestationJobs jobs = new(new EvidenceSpool(Path.Combine(directory, "evidence"), this), this, TimeProvider.System, this);
        LinkStanding standing = new(identity, TimeProvider.System);
        Uplink link = new(
            new UplinkOptions { Servers = [server.Agents] }, standing, this, spool, new Assignments(directory, _ => { }, spool.Publish, TimeProvider.System, this), jobs, TimeProvider.System, this);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = link.RunAsync(stop.Token);
        await WaitFor.TrueAsync(() => standing.Refusal is not null && _said.Any(line => line.Contains("Trying again", StringComparison.Ordinal)));
        Refusal = standing.Refusal;
        await stop.CancelAsync();
        await running;
    }
}
