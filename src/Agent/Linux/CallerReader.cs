using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Agent.Linux;

/// <summary>
/// Tells who is behind a thread. Called while that thread waits in the kernel for our answer: its /proc entry cannot
/// go away meanwhile, not even under SIGKILL. After the answer it can, so the record is kept with the open file.
/// </summary>
internal static class CallerReader
{
    private const int CommLimit = 15;
    private const int SessionField = 6; // proc_pid_stat(5), counted from 1
    private const int StartTimeField = 22;
    private const uint NoLogin = uint.MaxValue;

    /// <summary>Reads the process of a thread.</summary>
    /// <param name="tid">Thread id in the agent's pid namespace; 0 for a thread outside of it.</param>
    /// <param name="uid">User id of the access, as the kernel gave it.</param>
    /// <param name="privileged">
    /// Whether sysfs would give this opener the whole configuration space: CAP_SYS_ADMIN in the initial user
    /// namespace. The capability alone is not enough, since root of any user namespace shows it.
    /// </param>
    /// <param name="hashes">Where hashes of executables come from; null for none.</param>
    public static Caller Read(int tid, uint uid, out bool privileged, ExecutableHashes? hashes = null)
    {
        ProcessStatus? status = tid > 0 ? ProcessStatus.TryRead(tid) : null;
        if (status is null)
        {
            privileged = false;
            return new Caller { Pid = tid, Uid = uid, Comm = "unknown" };
        }

        privileged = status.Value.HasAdminCapability && IsOurUserNamespace(tid);
        return Read(status.Value, uid, hashes);
    }

    /// <summary>Reads the process of a thread that does not wait for us; null when it is gone.</summary>
    public static Caller? TryRead(int tid, ExecutableHashes? hashes) =>
        tid > 0 && ProcessStatus.TryRead(tid) is { } status && Read(status, status.Uid, hashes) is { StartTime: not 0 } caller ? caller : null;

    /// <summary>The same with the hash of its executable, as long as it lives and runs the same one.</summary>
    public static Caller WithHash(Caller caller, ExecutableHashes hashes)
    {
        string? hash = hashes.Find(caller.Pid);
        return ReadStartTime(caller.Pid) == caller.StartTime && Posix.ReadLink($"/proc/{caller.Pid}/exe") == caller.Exe
            ? caller with { ExeHash = hash }
            : caller;
    }

    /// <summary>Start time of a process in clock ticks since boot; 0 when it is gone.</summary>
    public static ulong ReadStartTime(int pid)
    {
        string? stat = SmallFile.TryRead($"/proc/{pid}/stat");
        return stat is null ? 0 : ParseStartTime(stat);
    }

    internal static ulong ParseStartTime(string stat) =>
        ulong.TryParse(Field(stat, StartTimeField), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : 0;

    // A process whose session leader is outside of our pid namespace shows 0, which names no session.
    internal static int? ParseSession(string stat) =>
        int.TryParse(Field(stat, SessionField), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : null;

    // The name is in parentheses and may hold spaces and parentheses itself: count fields behind the last one.
    private static string? Field(string stat, int number)
    {
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int index = number - 3; // the first field behind the name is number 3
        return fields.Length > index ? fields[index] : null;
    }

    private static Caller Read(in ProcessStatus status, uint uid, ExecutableHashes? hashes)
    {
        int pid = status.Tgid;
        CgroupPath cgroup = CgroupPath.Parse(SmallFile.TryRead($"/proc/{pid}/cgroup") ?? "");
        string stat = SmallFile.TryRead($"/proc/{pid}/stat") ?? "";
        return new Caller
        {
            Pid = pid,
            StartTime = ParseStartTime(stat),
            SessionId = ParseSession(stat),
            Uid = uid,
            LoginUid = ReadLoginUid(pid),
            Comm = Shorten(SmallFile.TryRead($"/proc/{pid}/comm") ?? "unknown"),
            Exe = Posix.ReadLink($"/proc/{pid}/exe") ?? "",
            ExeHash = hashes?.Find(pid),
            Unit = cgroup.Unit,
            Container = cgroup.Container,
        };
    }

    private static bool IsOurUserNamespace(int tid) =>
        Posix.ReadLink($"/proc/{tid}/ns/user") is string theirs && theirs == Posix.ReadLink("/proc/self/ns/user");

    private static uint? ReadLoginUid(int pid) =>
        uint.TryParse(SmallFile.TryRead($"/proc/{pid}/loginuid"), NumberStyles.None, CultureInfo.InvariantCulture, out uint uid)
        && uid is not NoLogin
            ? uid
            : null;

    private static string Shorten(string comm) => comm.Length > CommLimit ? comm[..CommLimit] : comm;
}
