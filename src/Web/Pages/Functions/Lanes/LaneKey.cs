using Fleet.Web.Text;

namespace Fleet.Web.Pages.Functions.Lanes;

/// <summary>Which marks share a lane: those of one tool, by executable, user and unit, however many processes it took.</summary>
internal static class LaneKey
{
    public static string Of(LaneMark mark) => mark.Caller is { } caller
        ? $"{caller.Comm}\0{caller.Exe}\0{caller.Uid}\0{caller.Unit}\0{caller.Container}"
        : $"{mark.Holder}\0";

    public static string Name(IReadOnlyList<LaneMark> marks) => marks[0].Caller?.Comm ?? marks[0].Holder ?? "";

    public static Lane Lane(IReadOnlyList<LaneMark> marks, IReadOnlyList<LaneMark> drawn)
    {
        if (marks[0].Caller is not { } caller)
        {
            return marks[0].Holder is { } holder ? new Lane(holder, "claim in force", drawn, IsTool: true) : new Lane("unknown callers", "merged, or not seen", drawn, IsTool: false);
        }

        int processes = marks.Select(m => (m.Caller!.Pid, m.Caller.StartTime)).Distinct().Count();
        string who = processes is 1 ? $"pid {caller.Pid}" : Show.Counted(processes, "process", "processes");
        return new Lane(caller.Comm, $"{who}, {caller.Unit ?? (caller.Container is { } container ? $"container {Short(container)}" : $"uid {caller.Uid}")}", drawn, IsTool: true);
    }

    private static string Short(string container) => container.Length > 12 ? container[..12] : container;
}
