using System.Diagnostics;
using System.Globalization;

namespace Fleet.Testing;

/// <summary>
/// Measures a time that the product promises, and whether the machine had time for it: by the kernel's account of stalls (/proc/pressure) and of what a hypervisor gave
/// to others. On a busy machine a time says nothing of the product; where the kernel keeps no account, nobody knows.
/// </summary>
public sealed class FairClock
{
    private const double Allowed = 0.3;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan? _stalled = Stalled();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Whether the time is within the promise, or the machine too busy for it to mean anything.</summary>
    public bool Keeps(TimeSpan promise)
    {
        TimeSpan elapsed = Elapsed;
        return elapsed <= promise || Stalled() - _stalled is not { } stalled || stalled > elapsed * Allowed;
    }

    private static TimeSpan? Stalled()
    {
        double microseconds = 0;
        foreach (string resource in (string[])["cpu", "io", "memory"])
        {
            string file = $"/proc/pressure/{resource}";
            if (!File.Exists(file))
            {
                return null;
            }

            string some = File.ReadLines(file).First();
            microseconds += double.Parse(some[(some.IndexOf("total=", StringComparison.Ordinal) + 6)..], CultureInfo.InvariantCulture);
        }

        string[] processors = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double stolen = processors.Length > 8 ? double.Parse(processors[8], CultureInfo.InvariantCulture) * 10_000 : 0; // hundredths of a second
        return TimeSpan.FromMicroseconds(microseconds + stolen);
    }
}
