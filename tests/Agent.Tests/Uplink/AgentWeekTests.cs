using System.Security.Cryptography;
using System.Text.Json;
using Fleet.Agent.Uplink;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>A week without a server that has more to tell than the spool holds, with a kill in its middle: real broker, real files, fake time.</summary>
public sealed class AgentWeekTests : SpoolOnDisk
{
    private const int MaxEvents = 1_000;
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly PciAddress Function = PciAddress.Parse("0000:01:00.0");
    private static readonly HostId Host = new(Guid.CreateVersion7());
    private readonly FakeTimeProvider _time = new(Monday);
    private readonly ECDsa _policyKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ArraySpace _space = new(new byte[4096], Function);

    [Fact]
    public async Task Week_WithMoreToTellThanTheSpoolHolds_DecidesDropsContentionBeforeStateAndAnnouncesAll()
    {
        Tally tally = new();
        using (_policyKey)
        {
            Spool first = OpenSpool("spool.db");
            tally.Spool = first;
            HostBroker broker = StartBroker(tally, out Assignments assignments);
            Assert.True(assignments.Accept(Sign(), Host, new PolicyTrust(AssignmentsTests.Public(_policyKey)))); // The last that was heard of the server.
            await LiveAsync(broker, tally, hours: 60);

            // Wednesday noon: kill -9, and a start without a server.
            broker.Dispose();
            await first.FlushAsync(TestContext.Current.CancellationToken);
            Copy("killed.db");
            DateTimeOffset killed = _time.GetUtcNow();
            tally.Spool = null;
            await first.DisposeAsync();
            _time.Advance(TimeSpan.FromMinutes(5));
            await using Spool spool = OpenSpool("killed.db");
            tally.Spool = spool;
            broker = StartBroker(tally, out assignments);
            assignments.Restore(Host, new PolicyTrust(AssignmentsTests.Public(_policyKey)));
            Assert.Equal(7, assignments.Generation);
            await LiveAsync(broker, tally, hours: 108);
            broker.Dispose();
            await spool.FlushAsync(TestContext.Current.CancellationToken);

            long lost = first.Lost[LossReasons.SpoolFull] + spool.Lost[LossReasons.SpoolFull];
            Assert.True(lost > 1_000, $"{lost} were lost: the week was not more than the spool holds");
            Assert.True(spool.Count < MaxEvents);
            Assert.True(new FileInfo(Place.File("killed.db")).Length < 4 * 1024 * 1024);

            IReadOnlyList<FleetEvent> all = await DrainAsync(spool, (int)spool.Count, 100);

            FleetEvent[] told = [.. all.Where(e => e.Kind is EventKinds.AgentLoss)];
            Assert.Equal(lost, told.Where(e => e.CountUnknown is null).Sum(e => e.Count));
            Assert.Equal(tally.Made, lost + all.Where(e => e.Kind is not EventKinds.AgentLoss).Sum(e => e.Count));
            FleetEvent interval = Assert.Single(told, e => e.CountUnknown is true);
            Assert.True(interval.First <= killed && killed <= interval.Time, $"{interval.First} to {interval.Time}");
            Assert.Contains(LossReasons.UncleanStop, interval.Detail, StringComparison.Ordinal);

            // What is no contention was all kept, in its order: contention makes room first.
            Assert.Equal(Enumerable.Range(0, tally.States).Select(n => $"state {n}"), all.Where(e => e.Detail?.StartsWith("state ", StringComparison.Ordinal) is true).Select(e => e.Detail));
            Assert.Equal(Enumerable.Range(1, all.Count).Select(n => (long)n), all.Select(e => e.Sequence));
        }
    }

    /// <summary>Each hour: a refused write, tools that fight over ever other bytes, and a change of state.</summary>
    private async Task LiveAsync(HostBroker broker, Tally tally, int hours)
    {
        Assert.True(broker.TryGet(Function, out BrokeredFunction? function));
        Caller setpci = new() { Pid = 100, StartTime = 5, Comm = "setpci", Exe = "/usr/bin/setpci" };
        for (int hour = 0; hour < hours; hour++)
        {
            Assert.Equal(AccessStatus.Refused, broker.Write(function, 0x40, new byte[] { 1, 2, 3, 4 }, setpci).Status);
            for (int i = 0; i < 100; i++)
            {
                tally.Publish(Contention(tally.Next(), 0) with { Time = _time.GetUtcNow() });
            }

            tally.Publish(Event(EventKinds.HostState) with { Time = _time.GetUtcNow(), Detail = $"state {tally.States++}" });
            await tally.Spool!.FlushAsync(TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.All(_space.Bytes, written => Assert.Equal(0, written));
    }

    private Spool OpenSpool(string name) =>
        new(new SpoolOptions { Path = Place.File(name), MaxEvents = MaxEvents, PublishPatience = TimeSpan.FromMinutes(1) }, "host-a", _time, NullLogger.Instance);

    private HostBroker StartBroker(Tally tally, out Assignments assignments)
    {
        HostBroker broker = new(new BrokerOptions { Ceiling = EnforcementMode.Enforce, JournalPath = Place.File("journal"), JournalCells = 256 }, tally, _time);
        broker.Attach(_space, new FunctionFacts { Address = Function, VendorId = "144d", DeviceId = "a824", ClassCode = "010802", ConfigSize = 4096 });
        assignments = new Assignments(Place.Path, broker.Apply, tally.Publish, _time, NullLogger.Instance);
        return broker;
    }

    private SignedAssignment Sign()
    {
        CompiledPolicy policy = new()
        {
            Name = "guard",
            Revision = 1,
            Priority = 10,
            Mode = EnforcementMode.Enforce,
            Claims = [new CompiledClaim { Region = new RegionSpec { Whole = true }, Holder = "ops" }],
        };
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(new Assignment(Host, 7, [policy]), FleetJson.Options);
        byte[] signature = _policyKey.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new SignedAssignment("7", Convert.ToBase64String(payload), Convert.ToBase64String(signature));
    }

    /// <summary>Counts what is given to the spool that is there.</summary>
    private sealed class Tally : IEventSink
    {
        private long _made;
        private int _next;

        public Spool? Spool { get; set; }

        public long Made => Interlocked.Read(ref _made);

        public int States { get; set; }

        public int Next() => _next++;

        public void Publish(FleetEvent fleetEvent)
        {
            if (Spool is { } spool)
            {
                Interlocked.Add(ref _made, fleetEvent.Count);
                spool.Publish(fleetEvent);
            }
        }
    }
}
