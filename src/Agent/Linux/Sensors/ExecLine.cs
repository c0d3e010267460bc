using System.Globalization;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// A line of trace_pipe that tells which program a process began: <c>… sched_process_exec: filename=/usr/bin/setpci pid=235 old_pid=235</c>.
/// Many a tool has ended before its access is read; this is how its program is known all the same. The name is as it was given to exec.
/// </summary>
internal static class ExecLine
{
    public const string Event = "events/sched/sched_process_exec/enable";

    private const string Mark = ": sched_process_exec: filename=";
    private const string PidMark = " pid=";
    private const int LongestPath = 4096;

    public static bool TryParse(string text, out int pid, out string path)
    {
        pid = 0;
        path = "";
        int start = text.IndexOf(Mark, StringComparison.Ordinal);
        int end = text.LastIndexOf(PidMark, StringComparison.Ordinal); // from behind: a program may be called anything
        if (start < 0 || end < start + Mark.Length)
        {
            return false;
        }

        ReadOnlySpan<char> number = text.AsSpan(end + PidMark.Length);
        int space = number.IndexOf(' ');
        path = text[(start + Mark.Length)..end];
        return path.Length is > 0 and < LongestPath
            && int.TryParse(space < 0 ? number : number[..space], NumberStyles.None, CultureInfo.InvariantCulture, out pid) && pid > 0;
    }
}
