using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Tracing instances of our own and the probes in them: one for writes and one for reads, each with a buffer of its own, so that a
/// flood of reads pushes no write out. Probes are the whole kernel's: they are removed on dispose, and what a killed agent left of
/// them at the next start.
/// </summary>
internal sealed class TraceInstance : IDisposable
{
    public const string Writes = ProbeLines.Group;
    public const string Reads = $"{ProbeLines.Group}_reads";

    // Of each buffer, over all processors: a large machine must not give gigabytes for it.
    private const int BufferKilobytes = 8 * 1024;
    private const int LeastKilobytes = 32; // a processor's, some 300 accesses
    private const int MostKilobytes = 1_024;
    private const int Truncate = 0x200; // O_TRUNC
    private const int WriteAppend = Native.OpenWriteOnly | 0x400; // O_APPEND: to open for writing otherwise removes everybody's probes

    private readonly DetachedMount? _mount;
    private readonly string _root;

    private TraceInstance(DetachedMount? mount, string root)
    {
        _mount = mount;
        _root = root;
    }

    private string Place(string stream) => $"{_root}/instances/{stream}";

    /// <summary>Makes the instances, after removing what is left of earlier ones; null, and why, when the kernel has no such thing here.</summary>
    public static TraceInstance? TryCreate(out string why)
    {
        DetachedMount? mount = DetachedMount.TryOpen("tracefs", out int error);
        string root = mount?.Root ?? "/sys/kernel/tracing";
        if (!File.Exists($"{root}/kprobe_events"))
        {
            mount?.Dispose();
            why = mount is null
                ? $"The kernel's tracing cannot be reached ({Posix.Describe(error)})."
                : "The kernel is built without CONFIG_KPROBE_EVENTS, or its lockdown 'confidentiality' hides it.";
            return null;
        }

        TraceInstance instance = new(mount, root);
        instance.RemoveAll();
        try
        {
            foreach (string stream in (string[])[Writes, Reads])
            {
                Directory.CreateDirectory(instance.Place(stream));
                int processors = Math.Max(1, Directory.GetDirectories($"{instance.Place(stream)}/per_cpu").Length);
                int size = Math.Clamp(BufferKilobytes / processors, LeastKilobytes, MostKilobytes);
                _ = instance.Set(stream, "buffer_size_kb", size.ToString(CultureInfo.InvariantCulture));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            instance.Dispose();
            why = $"No tracing instance can be made: {e.Message}";
            return null;
        }

        why = "";
        return instance;
    }

    /// <summary>Adds a probe.</summary>
    /// <returns>0, or the error number.</returns>
    public int Add(string line) => Append($"{_root}/kprobe_events", line);

    /// <summary>Writes a setting of an instance, in place of what it was.</summary>
    /// <returns>0, or the error number.</returns>
    public int Set(string stream, string name, string value)
    {
        if (!Posix.TryOpen($"{Place(stream)}/{name}", Native.OpenWriteOnly | Truncate, out SafeFileHandle file, out int error))
        {
            return error;
        }

        using (file)
        {
            return Math.Max(0, -Posix.Write(file, Encoding.ASCII.GetBytes(value)));
        }
    }

    /// <summary>Adds to a setting of an instance that is a list.</summary>
    /// <returns>0, or the error number.</returns>
    public int AddTo(string stream, string name, string value) => Append($"{Place(stream)}/{name}", value);

    /// <summary>Switches one of the probes on.</summary>
    /// <returns>0, or the error number.</returns>
    public int Enable(string stream, string probe) => Set(stream, $"events/{ProbeLines.Group}/{probe}/enable", "1");

    /// <summary>Opens an instance's stream of hits; a read takes them out.</summary>
    public SafeFileHandle? OpenPipe(string stream, out int error) =>
        Posix.TryOpen($"{Place(stream)}/trace_pipe", Native.OpenReadOnly | Native.OpenNonBlocking, out SafeFileHandle file, out error) ? file : null;

    /// <summary>Hits that were overwritten or dropped because nobody read them in time, since the instances were made.</summary>
    public long ReadLost() => ReadLost(Writes) + ReadLost(Reads);

    /// <summary>The lines "overrun: N" and "dropped events: N" of a CPU's stats.</summary>
    public static long CountLost(string stats)
    {
        long lost = 0;
        foreach (ReadOnlySpan<char> line in stats.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            if (colon > 0 && line[..colon] is "overrun" or "dropped events"
                && long.TryParse(line[(colon + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            {
                lost += count;
            }
        }

        return lost;
    }

    public void Dispose()
    {
        RemoveAll();
        _mount?.Dispose();
    }

    private long ReadLost(string stream)
    {
        long lost = 0;
        for (int cpu = 0; SmallFile.TryRead($"{Place(stream)}/per_cpu/cpu{cpu.ToString(CultureInfo.InvariantCulture)}/stats") is { } stats; cpu++)
        {
            lost += CountLost(stats);
        }

        return lost;
    }

    private static int Append(string path, string line)
    {
        if (!Posix.TryOpen(path, WriteAppend, out SafeFileHandle file, out int error))
        {
            return error;
        }

        using (file)
        {
            return Math.Max(0, -Posix.Write(file, Encoding.ASCII.GetBytes(line + "\n")));
        }
    }

    // A probe in use cannot be removed: first off, then the instances, then the probes.
    private void RemoveAll()
    {
        foreach (string stream in (string[])[Writes, Reads])
        {
            _ = Set(stream, $"events/{ProbeLines.Group}/enable", "0");
            _ = Set(stream, ExecLine.Event, "0");
            _ = Native.RemoveDirectory(Place(stream));
        }

        foreach (string name in ProbeLines.Names.Where(name => Directory.Exists($"{_root}/events/{ProbeLines.Group}/{name}")))
        {
            _ = Append($"{_root}/kprobe_events", $"-:{ProbeLines.Group}/{name}");
        }
    }
}
