using System.Diagnostics;
using System.Globalization;

namespace Fleet.Fuzzing;

/// <summary>Runs a target over a row of seeds on some threads, tells how far it is, and explains the first case that fails.</summary>
internal sealed class FuzzRun(FuzzTarget target, int firstSeed, long count, int threads, TextWriter output)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _next;
    private long _done;
    private (int Seed, Exception Problem)? _failure;

    /// <summary>True when no case failed.</summary>
    public bool Run()
    {
        using Timer progress = new(_ => Report(), null, ProgressInterval, ProgressInterval);
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work) { IsBackground = true })];
        foreach (Thread worker in workers)
        {
            worker.Start();
        }

        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        Report();
        if (_failure is not { } failure)
        {
            return true;
        }

        output.WriteLine($"FAIL  {target.Name}, seed {failure.Seed}: {failure.Problem.Message}");
        output.WriteLine(failure.Problem.ToString());
        output.WriteLine("The smallest case that still fails:");
        foreach (string line in target.Minimise(failure.Seed))
        {
            output.WriteLine($"  {line}");
        }

        output.WriteLine($"Repeat it with: ./bench fuzz {target.Name} --seed {failure.Seed} --count 1");
        return false;
    }

    private void Work()
    {
        while (_failure is null && Interlocked.Increment(ref _next) - 1 is var number && number < count)
        {
            int seed = unchecked(firstSeed + (int)number);
            try
            {
                target.Run(seed);
                Interlocked.Increment(ref _done);
            }
            catch (Exception problem)
            {
                _failure ??= (seed, problem);
            }
        }
    }

    private void Report()
    {
        double seconds = Math.Max(0.001, Stopwatch.GetElapsedTime(_start).TotalSeconds);
        long done = Interlocked.Read(ref _done);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name}: {done:#,0} of {count:#,0} cases in {seconds:0} s, {done / seconds:#,0} a second, seeds from {firstSeed}"));
    }
}
