using System.Diagnostics;
using System.Globalization;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;
using Fleet.Testing;

namespace Fleet.Bench;

/// <summary>
/// What an exchange through the broker costs: configuration cycles against the least that the protocol needs, and time over the
/// device's own, beside a peer that looks as seldom as the Linux kernel does. Interleaved, on a device that answers after a set time.
/// </summary>
internal static class DoeBench
{
    private const int Offset = 0x100;
    private const int Dwords = 8;
    private const int Exchanges = 1_000;
    private const int Rounds = 60;

    private static readonly double[] Milliseconds = [0.1, 0.5, 1, 2, 5, 20];
    private static readonly Caller Caller = new() { Pid = 1, StartTime = 1, Comm = "bench" };

    public static void Run(TextWriter output)
    {
        using FineTime time = new();
        DirectoryInfo place = Directory.CreateTempSubdirectory("doe-bench-");
        try
        {
            CountCycles(output, time, place.FullName);
            foreach (double milliseconds in Milliseconds)
            {
                CompareLatency(output, time, place.FullName, TimeSpan.FromMilliseconds(milliseconds));
            }
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private static void CountCycles(TextWriter output, FineTime time, string place)
    {
        CountedSpace device = new(new DoeDevice(time) { ResponseDelay = TimeSpan.FromMicroseconds(200) }, Offset + DoeRegisters.Status);
        using HostBroker broker = Attach(device, place, time);
        for (int i = 0; i < Exchanges; i++)
        {
            Exchange(broker, device.Address);
        }

        const int Minimum = Dwords + 1 + (2 * Dwords); // Each dword out, Go; each dword in read and acknowledged.
        double cycles = (double)device.Cycles / Exchanges;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"doe: {Exchanges} exchanges of {Dwords} dwords each way through the broker"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  cycles per exchange, status polls excluded: {cycles:0.000}, the protocol's minimum: {Minimum}, ratio: {cycles / Minimum:0.0000}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  status polls per exchange: {(double)device.Polls / Exchanges:0.0}"));
    }

    private static void CompareLatency(TextWriter output, FineTime time, string place, TimeSpan deviceTime)
    {
        DoeDevice device = new(time) { ResponseDelay = deviceTime };
        using HostBroker broker = Attach(device, place, time);
        KernelPeer peer = new(device, Offset, time);
        double[] ours = new double[Rounds];
        double[] theirs = new double[Rounds];
        for (int round = -5; round < Rounds; round++)
        {
            double through = Added(() => Exchange(broker, device.Address), deviceTime);
            double beside = Added(() => peer.ExchangeAsync(DoeFeature.CmaSpdm, new uint[Dwords - DoeHeader.Dwords]).GetAwaiter().GetResult(), deviceTime);
            if (round >= 0) // The first rounds warm up the compiler.
            {
                (ours[round], theirs[round]) = (through, beside);
            }
        }

        double own = Median(ours);
        double other = Median(theirs);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  device time {deviceTime.TotalMilliseconds,4:0.0} ms: added {own,7:0.000} ms, at the kernel's interval {other,7:0.000} ms, ratio: {own / other:0.000}"));
    }

    private static double Added(Action exchange, TimeSpan deviceTime)
    {
        long start = Stopwatch.GetTimestamp();
        exchange();
        return (Stopwatch.GetElapsedTime(start) - deviceTime).TotalMilliseconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static void Exchange(HostBroker broker, PciAddress address)
    {
        DoeOutcome outcome = broker.ExchangeAsync(
            address, Offset, DoeFeature.CmaSpdm, new byte[(Dwords - DoeHeader.Dwords) * 4], Caller, CancellationToken.None).GetAwaiter().GetResult();
        if (!outcome.Succeeded)
        {
            throw new InvalidOperationException(outcome.Detail);
        }
    }

    private static HostBroker Attach(IConfigSpace device, string place, TimeProvider time)
    {
        HostBroker broker = new(
            new BrokerOptions { Ceiling = EnforcementMode.Enforce, JournalPath = Path.Combine(place, Path.GetRandomFileName()) }, new NoEvents(), time);
        broker.Attach(device, new FunctionFacts
        {
            Address = device.Address,
            VendorId = "1af4",
            DeviceId = "1100",
            ClassCode = "010802",
            ConfigSize = device.Size,
            Mailboxes = [new MailboxFacts { Offset = Offset, Owner = "broker", OwnerReason = "A benchmark.", State = "free" }],
        });
        return broker;
    }

    private sealed class NoEvents : IEventSink
    {
        public void Publish(FleetEvent fleetEvent)
        {
            // Nobody listens to a benchmark.
        }
    }

    private sealed class CountedSpace(IConfigSpace space, int polled) : IConfigSpace
    {
        public PciAddress Address => space.Address;

        public int Size => space.Size;

        public long Cycles { get; private set; }

        public long Polls { get; private set; }

        public ConfigResult Read(int offset, Span<byte> destination)
        {
            Polls += offset == polled ? 1 : 0;
            Cycles += offset == polled ? 0 : 1;
            return space.Read(offset, destination);
        }

        public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
        {
            Cycles++;
            return space.Write(offset, source);
        }
    }
}
