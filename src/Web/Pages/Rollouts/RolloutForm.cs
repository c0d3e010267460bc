using Fleet.Contracts;

namespace Fleet.Web.Pages.Rollouts;

/// <summary>A rollout as it is being written.</summary>
public sealed class RolloutForm
{
    public string Policy { get; set; } = "";

    public int Revision { get; set; } = 1;

    public bool Paused { get; set; }

    public IList<WaveRow> Waves { get; } =
    [
        new() { Percent = 10, BakeSeconds = 60, PauseAfter = true },
        new() { Percent = 50, BakeSeconds = 60 },
        new() { Percent = 100 },
    ];

    /// <summary>The first thing that is wrong, with what to write; null when nothing is.</summary>
    public string? Wrong
    {
        get
        {
            int before = 0;
            for (int i = 0; i < Waves.Count; i++)
            {
                WaveRow wave = Waves[i];
                if (wave.Percent is < 1 or > 100)
                {
                    return $"Wave {i + 1} has {wave.Percent} %; write 1 to 100.";
                }

                if (wave.Percent <= before)
                {
                    return $"Wave {i + 1} has {wave.Percent} %, no more than the wave before; write more than {before}.";
                }

                if (wave.BakeSeconds is < 0 or > 604_800)
                {
                    return $"Wave {i + 1} bakes {wave.BakeSeconds} s; write 0 to 604,800.";
                }

                before = wave.Percent;
            }

            return before is 100 ? null : $"The last wave has {before} %; write 100, so that every host is in a wave.";
        }
    }

    /// <summary>How many of the hosts have the revision when the wave is done.</summary>
    public static int HostsAt(int percent, int hosts) => (int)Math.Ceiling(hosts * Math.Clamp(percent, 0, 100) / 100.0);

    public void AddWave()
    {
        int before = Waves.Count > 1 ? Waves[^2].Percent : 0;
        int last = Waves[^1].Percent;
        Waves.Insert(Waves.Count - 1, new WaveRow { Percent = Math.Clamp((before + last) / 2, 1, 100), BakeSeconds = 60 });
    }

    public CreateRollout ToRequest() => new()
    {
        Policy = Policy,
        Revision = Revision,
        Paused = Paused,
        Waves = [.. Waves.Select(w => new WaveSpec(w.Percent, w.BakeSeconds, w.PauseAfter))],
    };
}
