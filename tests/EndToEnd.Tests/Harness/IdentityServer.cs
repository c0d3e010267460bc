using Fleet.Contracts;
using Fleet.Server.Identity.Authority;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>One server for all that is tried with the identities of real agents.</summary>
[CollectionDefinition(Shared)]
public sealed class IdentityServer : IAsyncLifetime, ICollectionFixture<IdentityServer>
{
    public const string Shared = "identities";

    internal ServerUnderTest Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await ServerUnderTest.StartAsync(Places.NewData("identity-server"));

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    /// <summary>Another intermediate issues from now on; agents that are connected are asked to renew.</summary>
    internal void Rotate()
    {
        AuthorityKeeper keeper = new(Path.Combine(Server.Data, "pki"), TimeProvider.System);
        keeper.Prepare(null);
        keeper.Activate(null);
    }

    internal async Task<HostView> HostAsync(HostId id) => (await Server.Api.GetHostAsync(id, TestContext.Current.CancellationToken)).Value;

    /// <summary>The host that has this certificate.</summary>
    internal async Task<HostView> HostOfAsync(AgentUnderTest agent)
    {
        using var certificate = agent.Certificate();
        return await HostAsync(HostId.Parse(certificate.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, forIssuer: false)));
    }

    /// <summary>Waits until the server's record of the host's certificates is so.</summary>
    internal Task UntilAsync(HostId id, Func<IReadOnlyList<CertificateView>, bool> condition, string what) =>
        WaitFor.TrueAsync(async () => condition((await HostAsync(id)).Certificates!.Certificates), TimeSpan.FromSeconds(60), what);
}
