using System.Net;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A link that is slow rather than cut, and a server that holds back: less is sent, nothing is lost, and what did not change is not sent again.</summary>
public sealed partial class UplinkTests
{
    [Fact]
    public async Task Run_LinkIsSlow_SendsSmallerBatchesUntilTheyGetThrough()
    {
        await using FaultyLink link = new(new IPEndPoint(IPAddress.Loopback, _server.Url.Port));
        link.Slow(35_000);
        Publish(LinkProtocol.MaxBatch);
        await _spool.FlushAsync(TestContext.Current.CancellationToken);

        // All in one batch would take longer than a call may: it is given up, and the next is half as large.
        Start([new Uri($"https://127.0.0.1:{link.Port}")], null, TimeSpan.FromSeconds(3));

        await WaitFor.TrueAsync(() => _server.Seen.Stored.Count is LinkProtocol.MaxBatch && _spool.Count is 0, TimeSpan.FromMinutes(2), "all came through");
        Assert.Contains(_server.Seen.Batches, batch => batch.Events.Count <= 250);
        Assert.All(_spool.Lost.Values, lost => Assert.Equal(0, lost));
    }

    // fleet#50157: four fifths of what a server sent was configuration that had not changed.
    [Fact]
    public async Task Fleet50157_NothingChanged_IsNeitherSentNorFetchedAgain()
    {
        _server.Seen.Assignment = AssignmentsTests.Sign(_authority.PolicyKey, _identity.Host, 3, "guard");
        Start();
        await WaitFor.TrueAsync(() => _assignments.Generation is 3 && _link.Connected);

        foreach (HubCallerContext connection in _server.Seen.Connections.Values)
        {
            connection.Abort();
        }

        await WaitFor.TrueAsync(() => _server.Seen.Hellos.Count is 2 && _link.Connected);
        Assert.Single(_server.Seen.Inventories);
        await _spool.FlushAsync(TestContext.Current.CancellationToken);
        await WaitFor.TrueAsync(() => _server.Seen.Stored.Values.Any(e => e.Kind is EventKinds.PolicyApplied) && _spool.Count is 0);
        Assert.Single(_server.Seen.Stored.Values, e => e.Kind is EventKinds.PolicyApplied);
    }

    [Fact]
    public async Task Run_ServerCannotStoreEvidence_KeepsItAndTheConnection()
    {
        _server.Seen.EvidenceToRefuse = 1;
        Start();
        await WaitFor.TrueAsync(() => _link.Connected);
        await _server.AttestAsync(Attestation.ProviderDouble.Job());
        await WaitFor.TrueAsync(() => _server.Seen.Evidence.Count is 1);
        Publish(3);

        await WaitFor.TrueAsync(() => _server.Seen.Evidence.Count is 2 && _attestations.Spool.Count is 0 && _server.Seen.Stored.Count is 3);

        Assert.Single(_server.Seen.Hellos);
    }
}
