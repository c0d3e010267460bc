using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Bench;

/// <summary>
/// What an hour of a tool that polls at full speed leaves behind: the journal's file, and the events of those polls that met a
/// claim. The clock is ours, so that an hour passes while as many accesses as the processor makes are counted; the baseline is a
/// log with one line an access, as auditing by line would write.
/// </summary>
internal static class JournalBench
{
    private const int Minutes = 60;
    private const int AccessesPerMinute = 20_000;
    private const double Megabyte = 1_000_000;

    private static readonly Caller Poller = new() { Pid = 100, StartTime = 5, Uid = 0, Comm = "poller", Exe = "/usr/local/bin/poller", Unit = "poller.service" };

    public static void Run(TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"journal: one hour of {AccessesPerMinute * Minutes:N0} polls by one tool; half of them writes into a claim"));
        Measure(output, "one register", registers: 1);
        Measure(output, "every dword of 4 KiB", registers: 1024);
    }

    private static void Measure(TextWriter output, string what, int registers)
    {
        DirectoryInfo place = Directory.CreateTempSubdirectory("journal-bench-");
        try
        {
            HandClock clock = new();
            CountingSink sink = new();
            string path = Path.Combine(place.FullName, "journal");
            using HostBroker broker = new(new BrokerOptions { Ceiling = EnforcementMode.Enforce, JournalPath = path }, sink, clock);
            ZeroSpace space = new();
            broker.Attach(space, new FunctionFacts { Address = space.Address, VendorId = "144d", DeviceId = "a824", ClassCode = "010802", ConfigSize = space.Size });
            broker.Apply([new CompiledPolicy
            {
                Name = "p",
                Revision = 1,
                Priority = 1,
                Mode = EnforcementMode.Enforce,
                Claims = [new CompiledClaim { Region = new RegionSpec { Whole = true }, Holder = "ops" }],
            }]);
            broker.TryGet(space.Address, out BrokeredFunction? function);
            byte[] data = new byte[4];
            long start = Stopwatch.GetTimestamp();
            for (int access = 0; access < Minutes * AccessesPerMinute; access++)
            {
                int offset = access / 2 % registers * 4;
                _ = (access & 1) is 0 ? broker.Read(function!, offset, data, Poller) : broker.Write(function!, offset, data, Poller);
                if (access % (AccessesPerMinute / 60) is 0)
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                }
            }

            double each = Stopwatch.GetElapsedTime(start).TotalNanoseconds / (Minutes * AccessesPerMinute);
            JournalContent content = broker.ReadJournal();
            long file = new FileInfo(path).Length;
            double lines = (double)Minutes * AccessesPerMinute * CountingSink.Size(sink.Last!);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}: file {file / Megabyte:0.00} MB whatever happens, {content.Entries.Count} cells ({content.Entries.Count * 64 / Megabyte:0.00} MB), {content.Other:N0} of {content.Total:N0} in 'other', {each:0} ns an access"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}: {sink.Count:N0} contention events ({sink.Bytes / Megabyte:0.00} MB) stand for all {sink.Occurrences:N0} refusals"));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}: ratio journal / a line an access: {file / lines:0.000000}"));
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private sealed class CountingSink : IEventSink
    {
        public long Count { get; private set; }

        public long Bytes { get; private set; }

        public long Occurrences { get; private set; }

        public FleetEvent? Last { get; private set; }

        public static int Size(FleetEvent fleetEvent) => JsonSerializer.SerializeToUtf8Bytes(fleetEvent, FleetJson.Options).Length;

        public void Publish(FleetEvent fleetEvent)
        {
            Count++;
            Bytes += Size(fleetEvent);
            Occurrences += fleetEvent.Kind is EventKinds.ContentionAccess ? fleetEvent.Count : 0;
            Last = fleetEvent;
        }
    }

    private sealed class ZeroSpace : IConfigSpace
    {
        public PciAddress Address { get; } = PciAddress.Parse("0000:01:00.0");

        public int Size => 4096;

        public ConfigResult Read(int offset, Span<byte> destination)
        {
            destination.Clear();
            return ConfigResult.Done(destination.Length);
        }

        public ConfigResult Write(int offset, ReadOnlySpan<byte> source) => ConfigResult.Done(source.Length);
    }
}
