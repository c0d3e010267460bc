using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fleet.MirrorHost.Kills;

namespace Fleet.Bench;

/// <summary>
/// Two hundred kill -9 of a real agent under load, over all that can be chosen for its death. The ratio is of calls that hung, mounts that
/// were dead and mailboxes that were unusable to kills: it is to be nothing.
/// </summary>
internal static class KillBench
{
    private static readonly (string Mode, int Kills)[] Trials = [("open", 60), ("closed", 60), ("wait", 80)];

    public static void Run(TextWriter output)
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/dev/fuse"))
        {
            output.WriteLine("kill: not run: it needs root and /dev/fuse");
            return;
        }

        foreach ((string mode, int kills) in Trials)
        {
            KillReport report = Trial(mode, kills);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"kill: {mode,-6} {report.Kills} kills, {report.MidExchange} in an exchange: {report.Hung} hung callers, {report.DeadMounts} dead mounts,"
                + $" {report.UnusableMailboxes} unusable mailboxes; {report.Calls} calls, {report.Failures} failed, the longest {report.LongestCallSeconds:0.0} s;"
                + $" {report.UnknownWrites} writes of unknown outcome, {report.UnknownEvents} told of"));
            foreach (string wrong in report.Wrong)
            {
                output.WriteLine($"kill: WRONG {wrong}");
            }
        }
    }

    private static KillReport Trial(string mode, int kills)
    {
        using Process trial = Process.Start(new ProcessStartInfo(
            "unshare",
            ["-m", "--propagation", "private", "--", Path.Combine(AppContext.BaseDirectory, "mirror-host"), "trial", mode, $"{kills}", $"{Random.Shared.Next()}"])
        {
            RedirectStandardOutput = true,
        })!;
        string printed = trial.StandardOutput.ReadToEnd();
        trial.WaitForExit();
        return JsonSerializer.Deserialize<KillReport>(printed.Split('\n')[0])!;
    }
}
