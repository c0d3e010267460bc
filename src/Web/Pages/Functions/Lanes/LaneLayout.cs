using Fleet.Web.Text;

namespace Fleet.Web.Pages.Functions.Lanes;

/// <summary>
/// Which marks share a lane. Processes of one tool do when one came after the other, as those of a script; where two were there at a time,
/// each has a lane of its own, since they may have met each other. Bounded: then tools have one lane each, and the least the last together.
/// </summary>
internal static class LaneLayout
{
    public static List<Lane> Of(IReadOnlyList<LaneMark> marks, int most, Func<IEnumerable<LaneMark>, IReadOnlyList<LaneMark>> draw)
    {
        List<List<List<LaneMark>>> tools = [.. marks.GroupBy(LaneKey.Of).Select(tool => Parted(tool))];
        while (tools.Sum(tool => tool.Count) > most && tools.MaxBy(tool => tool.Count) is { Count: > 1 } widest)
        {
            tools[tools.IndexOf(widest)] = [[.. widest.SelectMany(lane => lane)]];
        }

        List<List<LaneMark>> lanes = [.. tools.SelectMany(tool => tool).OrderByDescending(Weight)];
        int own = lanes.Count > most ? most - 1 : lanes.Count;
        List<Lane> shown = [.. lanes.Take(own).OrderBy(lane => lane.Min(m => m.From)).ThenBy(LaneKey.Name, StringComparer.Ordinal).Select(lane => LaneKey.Lane(lane, draw(lane)))];
        if (lanes.Count > own)
        {
            shown.Add(new Lane($"{Show.Count(lanes.Count - own)} more tools", "together", draw(lanes.Skip(own).SelectMany(lane => lane)), IsTool: false));
        }

        return shown;
    }

    private static List<List<LaneMark>> Parted(IEnumerable<LaneMark> tool)
    {
        List<List<LaneMark>> lanes = [];
        List<DateTimeOffset> ends = [];
        foreach (List<LaneMark> process in tool.GroupBy(m => (m.Caller?.Pid, m.Caller?.StartTime)).Select(process => process.ToList()).OrderBy(process => process.Min(m => m.From)))
        {
            int free = ends.FindIndex(end => end < process.Min(m => m.From));
            if (free < 0)
            {
                free = lanes.Count;
                lanes.Add([]);
                ends.Add(default);
            }

            lanes[free].AddRange(process);
            ends[free] = process.Max(m => m.To);
        }

        return lanes;
    }

    // Who held it and who broke it is more than who did little.
    private static long Weight(List<LaneMark> lane) =>
        lane.Sum(m => m.Kind is "fault" or "bypass" ? 100_000 : m.Bracket ? 10_000 : Math.Min(m.Count, 10_000));
}
