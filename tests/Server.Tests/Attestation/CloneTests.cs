using Fleet.Contracts;
using Fleet.Server.Live.Attestation;
using Fleet.Server.Tests.Host;
using Fleet.Simulator.Spdm;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Attestation;

/// <summary>One identity at two places.</summary>
public sealed class CloneTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Identity_PinnedWhereNoNewsCameFrom_IsRefusedElsewhere()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost first = await AttestedHost.JoinedAsync(server, "original", drive);
        await first.TrustAsync(drive);

        // As a server whose news are late has it: another one pinned the identity, and this one's memory does not know.
        await server.Services.GetRequiredService<DeviceDirectory>().DropAsync(first.Agent.Id, TestContext.Current.CancellationToken);
        await using AttestedHost second = await AttestedHost.JoinedAsync(server, "clone", drive);
        await second.FirstAsync();

        AttestationView clone = await second.StandingAsync();
        Assert.Equal((AttestationState.Failed, "identity"), (clone.State, clone.Check));
        Assert.Contains("0000:01:00.0 on original", clone.Reason);
    }
}
