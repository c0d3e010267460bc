using System.Runtime.InteropServices;

namespace Fleet.Agent.Linux;

/// <summary>The mounts of this mount namespace, and the removal of ours that a killed agent left behind.</summary>
internal static class MountTable
{
    // Mounts stack at one place; each pass takes one layer off.
    private const int PassLimit = 64;

    /// <summary>A mirror and the binds of its files, in the kernel's order: the mirror comes first.</summary>
    public static IReadOnlyList<MountEntry> Of(string? type, string mirror) =>
        [.. ReadAll().Where(entry => entry.Source == mirror && (type is null ? entry.Type.StartsWith("fuse.", StringComparison.Ordinal) : entry.Type == $"fuse.{type}"))];

    /// <summary>
    /// A mirror and its binds that one connection serves. The mirror says which is meant: the number of a connection that ended is given again.
    /// </summary>
    public static IReadOnlyList<MountEntry> Of(uint connection, string mirror) =>
        [.. ReadAll().Where(entry => entry.DeviceMinor == connection && entry.Source == mirror && entry.Type.StartsWith("fuse.", StringComparison.Ordinal))];

    /// <summary>Numbers of the mounts of a type, as /proc/PID/fdinfo has them.</summary>
    public static IEnumerable<string> Ids(string type) => ReadAll().Where(entry => entry.Type == type).Select(entry => entry.Id);

    /// <summary>
    /// Detaches a mirror whose server is gone, and the binds of its files, binds first. Call it with the agent's lock held: then
    /// nobody else of ours serves there, and a probe cannot hang on a server that is merely slow.
    /// </summary>
    /// <param name="type">What follows "fuse." in the mounts' type; null for whatever does.</param>
    /// <param name="mirror">Where the mirror is, or was.</param>
    /// <param name="bindsToo">False to leave dead binds where they are: nothing gets through them.</param>
    /// <returns>The mountpoints that were cleared.</returns>
    public static IReadOnlyList<string> RemoveDead(string? type, string mirror, bool bindsToo = true) =>
        Remove(() => Of(type, mirror), place => (bindsToo || place == mirror) && IsDead(place));

    /// <summary>Detaches every mount of a connection, binds first; whether somebody serves it or not.</summary>
    public static IReadOnlyList<string> RemoveAll(uint connection, string mirror) => Remove(() => Of(connection, mirror), _ => true);

    /// <summary>Puts a file over another.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Bind(string file, string over) =>
        Native.Mount(file, over, "none", Native.MountBind, "") is 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>
    /// Puts a file in the place of a bind that is dead. Where the kernel can attach it beneath the dead one, the file under both is bare at
    /// no moment; else it is for as long as two system calls take.
    /// </summary>
    /// <returns>0, or the error number.</returns>
    public static int Replace(string file, string over)
    {
        using DetachedMount? mount = DetachedMount.TryClone(file, out _);
        if (mount is not null && mount.AttachBeneath(over) is 0)
        {
            return Detach(over);
        }

        _ = Detach(over);
        return Bind(file, over);
    }

    /// <summary>Takes off what lies on a place last, at once even while it is in use.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Detach(string place) => Native.Unmount(place, Native.UnmountDetach) is 0 ? 0 : Marshal.GetLastPInvokeError();

    private static List<string> Remove(Func<IReadOnlyList<MountEntry>> list, Predicate<string> unwanted)
    {
        List<string> removed = [];
        for (int pass = 0; pass < PassLimit; pass++)
        {
            IReadOnlyList<MountEntry> entries = list();
            int before = removed.Count;
            foreach (string mountpoint in entries.Select(entry => entry.Mountpoint).Reverse().Distinct().Where(place => unwanted(place)))
            {
                if (Native.Unmount(mountpoint, Native.UnmountDetach) is 0)
                {
                    removed.Add(mountpoint);
                }
            }

            if (removed.Count == before)
            {
                break;
            }
        }

        return removed;
    }

    /// <summary>Every mount of this namespace.</summary>
    public static IEnumerable<MountEntry> ReadAll() =>
        File.ReadLines("/proc/self/mountinfo").Select(MountEntry.TryParse).OfType<MountEntry>();

    private static bool IsDead(string mountpoint) => Posix.Probe(mountpoint) is Errno.NotConnected or Errno.ConnectionAborted;
}
