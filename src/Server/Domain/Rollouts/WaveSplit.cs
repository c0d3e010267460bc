using Fleet.Contracts;

namespace Fleet.Server.Domain.Rollouts;

/// <summary>Cuts hosts into waves. A percent is rounded up, so the first wave has at least one host wherever there is one.</summary>
internal static class WaveSplit
{
    public const int MaxWaves = 20;
    public const int MaxBakeSeconds = 604_800;

    /// <summary>The wave of the host at a place in the order.</summary>
    public static int WaveOf(int index, int hosts, IReadOnlyList<WaveSpec> waves)
    {
        int wave = 0;
        while (wave < waves.Count - 1 && index >= HostsBy(wave, hosts, waves))
        {
            wave++;
        }

        return wave;
    }

    /// <summary>How many hosts have the revision when the wave is done.</summary>
    public static int HostsBy(int wave, int hosts, IReadOnlyList<WaveSpec> waves) =>
        (int)(((long)hosts * waves[wave].Percent + 99) / 100);

    /// <summary>What is wrong with the waves of a request.</summary>
    public static IEnumerable<Diagnostic> Check(IReadOnlyList<WaveSpec> waves)
    {
        if (waves.Count is 0 or > MaxWaves)
        {
            yield return new Diagnostic(1, 1, "waves", $"There are {waves.Count} waves; expected 1 to {MaxWaves}.");
            yield break;
        }

        int before = 0;
        for (int i = 0; i < waves.Count; i++)
        {
            // A null is what JSON can put into a list of records.
            if (waves[i] is not { } wave)
            {
                yield return new Diagnostic(1, 1, $"waves[{i}]", "Found nothing; expected a wave with percent.");
                continue;
            }

            if (wave.Percent is < 1 or > 100 || wave.Percent <= before)
            {
                yield return new Diagnostic(1, 1, $"waves[{i}].percent", $"Found {wave.Percent}; expected more than {before} and at most 100.");
            }

            if (wave.BakeSeconds is < 0 or > MaxBakeSeconds)
            {
                yield return new Diagnostic(1, 1, $"waves[{i}].bakeSeconds", $"Found {wave.BakeSeconds}; expected 0 to {MaxBakeSeconds}.");
            }

            before = Math.Max(before, wave.Percent);
        }

        if (before is not 100)
        {
            yield return new Diagnostic(1, 1, $"waves[{waves.Count - 1}].percent", $"The last wave ends at {before} percent; it must be 100.");
        }
    }
}
