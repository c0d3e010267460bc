using System.Diagnostics;
using System.Globalization;

namespace Fleet.Fuzz.Tests;

/// <summary>
/// Runs a target with seeded randomness: FUZZ_SECONDS says how long each target runs (1 by default), FUZZ_ROUNDS how often at least, FUZZ_SEED where
/// to begin. A failure names the one seed that repeats it.
/// </summary>
internal static class FuzzLoop
{
    private const int MinimumRounds = 100;

    public static async Task RunAsync(string target, Func<Random, Task> once)
    {
        TimeSpan limit = TimeSpan.FromSeconds(Number("FUZZ_SECONDS", 1));
        int first = Number("FUZZ_SEED", 1);
        int least = Number("FUZZ_ROUNDS", MinimumRounds);
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < least || Stopwatch.GetElapsedTime(start) < limit; round++)
        {
            int seed = unchecked(first + round);
            try
            {
                await once(new Random(seed));
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"{target} failed; FUZZ_SEED={seed} repeats it at once.", problem);
            }
        }
    }

    public static Task RunAsync(string target, Action<Random> once) => RunAsync(target, random =>
    {
        once(random);
        return Task.CompletedTask;
    });

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
