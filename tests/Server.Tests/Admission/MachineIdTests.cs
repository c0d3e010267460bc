using Fleet.Contracts;
using Fleet.Server.Domain.Hosts;
using Fleet.Server.Tests.Host;

namespace Fleet.Server.Tests.Admission;

/// <summary>Named after what cloned machines did to fleetdm/fleet.</summary>
[Collection(SharedServer.Name)]
public sealed class MachineIdTests(TestServer server) : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);
    private readonly Gate _gate = new(server);

    public void Dispose() => _gate.Dispose();

    // fleet#373: which identifier counts trades duplicates against lost continuity. Ours is the key: two are two, and both say so.
    [Fact]
    public async Task Fleet373_TwoMachinesWithOneId_AreKeptApartAndNameEachOther()
    {
        await using TestAgent original = await TestAgent.JoinedAsync(server, "original", "fleet373");
        await using TestAgent clone = await TestAgent.JoinedAsync(server, "clone", "fleet373");
        await original.ConnectAsync();
        await clone.ConnectAsync();

        HostView one = (await _gate.HostAsync(original.Id)).Value;
        HostView other = (await _gate.HostAsync(clone.Id)).Value;

        Assert.True(one.DuplicateMachineId && other.DuplicateMachineId);
        Assert.Equal(("clone", 1), (Assert.Single(one.SameMachineId).Name, one.SameMachineIdTotal));
        Assert.Equal(original.Id, Assert.Single(other.SameMachineId).Id);
        Assert.Null(one.ReplacedBy);
        Assert.Equal(2, (await _gate.Api.ListHostsAsync(new("duplicate:true and machine:fleet373"), TestContext.Current.CancellationToken)).Items.Count);
        await _gate.ScrapedAsync(@"pcifleet_duplicate_machine_id_hosts(\{[^}]*\})? [2-9]");
        OverviewView overview = await _gate.Api.GetOverviewAsync(TestContext.Current.CancellationToken);
        Assert.Contains(overview.Attention, item => item.What.Contains("machine id", StringComparison.Ordinal) && item.Cause.Contains("fleet373", StringComparison.Ordinal));
    }

    // fleet#16393: say which other host it is, and what to do.
    [Fact]
    public async Task Fleet16393_OneOfTheTwoGetsAnIdOfItsOwn_TheFindingGoes()
    {
        await using TestAgent original = await TestAgent.JoinedAsync(server, "mended-1", "fleet16393");
        await using TestAgent clone = await TestAgent.JoinedAsync(server, "mended-2", "fleet16393");
        await original.ConnectAsync();
        await clone.ConnectAsync();
        Assert.True((await _gate.HostAsync(original.Id)).Value.DuplicateMachineId);

        clone.MachineId = "fleet16393-own";
        await clone.ConnectAsync(boot: "after the mend");

        Assert.False((await _gate.HostAsync(original.Id)).Value.DuplicateMachineId);
        Assert.Equal("fleet16393-own", (await _gate.HostAsync(clone.Id)).Value.Facts!.MachineId);
    }

    // fleet#18645: hosts with duplicate ids appeared to vanish.
    [Fact]
    public async Task Fleet18645_TenClones_AreTenHosts()
    {
        string token = (await _gate.Api.CreateJoinTokenAsync(new CreateJoinToken(10, 600), TestContext.Current.CancellationToken)).Token;
        TestAgent[] clones = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => TestAgent.JoinedAsync(server, "vm-template", "fleet18645", token)));
        foreach (TestAgent clone in clones)
        {
            await clone.ConnectAsync();
        }

        IReadOnlyList<HostView> hosts = (await _gate.Api.ListHostsAsync(new("machine:fleet18645", null, 50), TestContext.Current.CancellationToken)).Items;

        Assert.Equal(10, hosts.Count);
        Assert.All(hosts, host => Assert.Equal(9, host.SameMachineIdTotal));
        foreach (TestAgent clone in clones)
        {
            await clone.DisposeAsync();
        }
    }

    // fleet#102: duplicate enrolment took the server down. Grouping costs no more than a pass over the hosts.
    [Fact]
    public void Fleet102_ManyClones_CostOnePass()
    {
        MachineMember[] clones = [.. Enumerable.Range(0, 50_000).Select(i => Member(i, Start.AddSeconds(i), Start.AddDays(1)))];

        MachineGroup group = new(clones, Start.AddDays(1));

        Assert.Equal(50_000, group.Twins.Count);
    }

    [Fact]
    public async Task JoinedAgain_NewKeyOfTheSameMachine_ReplacesTheOldHost()
    {
        await using TestAgent lost = await TestAgent.JoinedAsync(server, "reinstalled", "lost-key");
        await using TestAgent again = await TestAgent.JoinedAsync(server, "reinstalled", "lost-key");
        await again.ConnectAsync();

        HostView old = (await _gate.HostAsync(lost.Id)).Value;
        HostView now = (await _gate.HostAsync(again.Id)).Value;

        Assert.Equal((again.Id, false), (old.ReplacedBy!.Id, old.DuplicateMachineId));
        Assert.Equal((lost.Id, false), (now.Replaces!.Id, now.DuplicateMachineId));
        await lost.ConnectAsync();
        Assert.True((await _gate.HostAsync(again.Id)).Value.DuplicateMachineId);
    }

    [Fact]
    public void Group_OldHostSilentBeforeTheNewOneJoined_IsReplaced()
    {
        MachineGroup group = new([Member(1, Start, Start.AddHours(1)), Member(2, Start.AddHours(2), Start.AddHours(5))], Start.AddHours(5));

        Assert.Empty(group.Twins);
        Assert.Equal(Id(2), group.ReplacedBy(Id(1)));
        Assert.Equal(Id(1), group.Replaces(Id(2)));
    }

    [Fact]
    public void Group_OldConnectionNotYetKnownDead_IsNoTwinOnceItIs()
    {
        MachineMember old = Member(1, Start, Start.AddHours(1).AddSeconds(30));

        MachineGroup group = new([old, Member(2, Start.AddHours(1), Start.AddHours(2))], Start.AddHours(2));

        Assert.Equal(Id(2), group.ReplacedBy(Id(1)));
    }

    [Fact]
    public void Group_EvictedHost_IsNobodysTwin()
    {
        MachineGroup group = new([Member(1, Start, Start.AddHours(2)) with { Admitted = false }, Member(2, Start.AddHours(1), Start.AddHours(3))], Start.AddHours(3));

        Assert.Empty(group.Twins);
        Assert.Equal(Id(2), group.ReplacedBy(Id(1)));
    }

    [Fact]
    public void Group_TwinSilentForADay_IsReplacedByTheOneThatLives()
    {
        MachineGroup group = new([Member(1, Start, Start.AddHours(2)), Member(2, Start.AddHours(1), Start.AddDays(3))], Start.AddDays(3));

        Assert.Empty(group.Twins);
        Assert.Equal(Id(2), group.ReplacedBy(Id(1)));
    }

    private static HostId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    private static MachineMember Member(int number, DateTimeOffset joined, DateTimeOffset seen) => new(Id(number), joined, seen, Admitted: true);
}
