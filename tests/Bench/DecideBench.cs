using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;

namespace Fleet.Bench;

/// <summary>
/// Time and allocation of one decision at 1,000 claims in one function's table, as ratios against peers measured in the same
/// run, interleaved with it: a linear scan over the same claims (what a list would cost) and an empty table (the floor).
/// </summary>
internal static class DecideBench
{
    private const int Claims = 1_000;
    private const int Rounds = 15;
    private const int Decisions = 200_000;
    private const int Batch = 100;

    private static readonly Caller Caller = new() { Pid = 100, StartTime = 5, Uid = 0, Comm = "setpci", Exe = "/usr/bin/setpci" };

    public static void Run(TextWriter output)
    {
        ClaimTable table = ClaimTable.Create(Enumerable.Range(0, Claims).Select(Make));
        ClaimTable mixed = ClaimTable.Create(Enumerable.Range(0, Claims).Select(Mixed));
        (string Name, Func<int, int, Decision> Decide, int Every)[] subjects =
        [
            ("table", (offset, length) => table.Decide(AccessOperation.Write, offset, length, Caller).Decision, 1),
            ("empty table", (offset, length) => ClaimTable.Empty.Decide(AccessOperation.Write, offset, length, Caller).Decision, 1),
            ("mixed table", (offset, length) => mixed.Decide(AccessOperation.Write, offset, length, Caller).Decision, 1),
            ("linear scan", (offset, length) => Scan(table.Claims, offset, length), 50),
        ];

        double[][] times = [.. subjects.Select(_ => new double[Rounds])];
        long[] bytes = new long[subjects.Length];
        int[] refused = new int[subjects.Length];
        for (int round = -2; round < Rounds; round++)
        {
            for (int s = 0; s < subjects.Length; s++)
            {
                int count = Decisions / subjects[s].Every;
                long before = GC.GetAllocatedBytesForCurrentThread();
                long start = Stopwatch.GetTimestamp();
                int hits = Measure(subjects[s].Decide, count);
                double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                if (round >= 0) // The first rounds warm up the compiler.
                {
                    times[s][round] = nanoseconds;
                    bytes[s] += allocated;
                    refused[s] = hits * subjects[s].Every;
                }
            }
        }

        (double median, double high) = Percentiles(table);
        double[] medians = [.. times.Select(t => t.Order().ElementAt(Rounds / 2))];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"decide: {Claims} claims on one function, 2-byte writes, half of them refused ({refused[0]} of {Decisions})"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  table        {medians[0],8:0.0} ns per decision, {(double)bytes[0] / Rounds / Decisions:0.###} bytes allocated"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  empty table  {medians[1],8:0.0} ns per decision, {(double)bytes[1] / Rounds / Decisions:0.###} bytes allocated"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  mixed table  {medians[2],8:0.0} ns per decision, {(double)bytes[2] / Rounds / Decisions:0.###} bytes allocated (every action and mode, allow lists, leases)"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  linear scan  {medians[3],8:0.0} ns per decision"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  table, in batches of {Batch}: p50 {median:0.0} ns, p99 {high:0.0} ns per decision"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ratio table / linear scan: {medians[0] / medians[3]:0.0000}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ratio table / empty table: {medians[0] / medians[1]:0.00}"));
    }

    /// <summary>Single decisions are shorter than looking at the clock: a batch is the smallest thing that can be timed.</summary>
    private static (double Median, double High) Percentiles(ClaimTable table)
    {
        double[] batches = new double[Decisions / Batch];
        for (int batch = 0; batch < batches.Length; batch++)
        {
            long start = Stopwatch.GetTimestamp();
            Measure((offset, length) => table.Decide(AccessOperation.Write, offset, length, Caller).Decision, Batch);
            batches[batch] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Batch;
        }

        Array.Sort(batches);
        return (batches[batches.Length / 2], batches[batches.Length * 99 / 100]);
    }

    private static int Measure(Func<int, int, Decision> decide, int count)
    {
        int hits = 0;
        uint state = 12345;
        for (int i = 0; i < count; i++)
        {
            // Even draws fall between the claims, odd ones on them.
            state = (state * 1_664_525) + 1_013_904_223;
            int slot = (int)((state >> 8) % Claims);
            hits += decide((slot * 4) + ((i & 1) * 2), 2) is Decision.Refuse ? 1 : 0;
        }

        return hits;
    }

    private static Decision Scan(ImmutableArray<Claim> claims, int offset, int length)
    {
        Claim? found = null;
        foreach (Claim claim in claims)
        {
            if (claim.Facts.Offset < offset + length && claim.End > offset && claim.Forbids(AccessOperation.Write, Caller))
            {
                found ??= claim;
            }
        }

        return found is null ? Decision.Allow : Decision.Refuse;
    }

    private static Claim Mixed(int index)
    {
        Claim plain = Make(index);
        ClaimSource source = (ClaimSource)(index % 4);
        return new Claim
        {
            Facts = plain.Facts with
            {
                Source = source,
                Mode = source is ClaimSource.Lease ? EnforcementMode.Enforce : (EnforcementMode)(index % 3),
                OnWrite = source is ClaimSource.Lease ? ClaimAction.Allow : (ClaimAction)(index % 6),
                Shared = index % 2 is 0,
            },
            Region = (RegionKind)(index % 2),
            Allow = source is ClaimSource.Policy or ClaimSource.Lease ? [new CallerRule { Uid = 1, Write = true }, new CallerRule { Exe = Caller.Exe }] : [],
            Process = source is ClaimSource.Local ? Caller with { Pid = 7 } : null,
        };
    }

    private static Claim Make(int index) => new()
    {
        Facts = new ClaimFacts
        {
            Id = index.ToString(CultureInfo.InvariantCulture),
            Function = PciAddress.Parse("0000:01:00.0"),
            Offset = (index * 4) + 2,
            Length = 2,
            Holder = "broker",
            Source = ClaimSource.Policy,
            Mode = EnforcementMode.Enforce,
            OnRead = ClaimAction.Allow,
            OnWrite = ClaimAction.Refuse,
            Since = default,
        },
        Region = RegionKind.Range,
        Priority = 100,
    };
}
