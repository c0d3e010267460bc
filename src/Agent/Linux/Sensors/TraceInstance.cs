using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// A tracing instance of our own and the probes in it. Probes are the whole kernel's: they are removed on dispose, and what a killed
/// agent left of them at the next start.
/// </summary>
internal sealed class TraceInstance : IDisposable
{
    private const int WriteAppend = Native.OpenWriteOnly | 0x400; // O_APPEND: to open for writing otherwise removes everybody's probes

    private readonly DetachedMount? _mount;
    private readonly string _root;

    private TraceInstance(DetachedMount? mount, string root)
    {
        _mount = mount;
        _root = root;
    }

    private string Place => $"{_root}/instances/{ProbeLines.Group}";

    /// <summary>Makes the instance, after removing what is left of an earlier one; null, and why, when the kernel has no such thing here.</summary>
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
            Directory.CreateDirectory(instance.Place);
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

    /// <summary>Writes a setting of the instance.</summary>
    /// <returns>0, or the error number.</returns>
    public int Set(string name, string value)
    {
        if (!Posix.TryOpen($"{Place}/{name}", Native.OpenWriteOnly, out SafeFileHandle file, out int error))
        {
            return error;
        }

        using (file)
        {
            return Math.Max(0, -Posix.Write(file, Encoding.ASCII.GetBytes(value)));
        }
    }

    /// <summary>Adds to a setting of the instance that is a list.</summary>
    /// <returns>0, or the error number.</returns>
    public int AddTo(string name, string value) => Append($"{Place}/{name}", value);

    /// <summary>Opens the stream of hits; a read takes them out.</summary>
    public SafeFileHandle? OpenPipe(out int error) =>
        Posix.TryOpen($"{Place}/trace_pipe", Native.OpenReadOnly | Native.OpenNonBlocking, out SafeFileHandle file, out error) ? file : null;

    /// <summary>Hits that were overwritten or dropped because nobody read them in time, since the instance was made.</summary>
    public long ReadLost()
    {
        long lost = 0;
        for (int cpu = 0; SmallFile.TryRead($"{Place}/per_cpu/cpu{cpu.ToString(CultureInfo.InvariantCulture)}/stats") is { } stats; cpu++)
        {
            lost += CountLost(stats);
        }

        return lost;
    }

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

    // A probe in use cannot be removed: first off, then the instance, then the probes.
    private void RemoveAll()
    {
        _ = Set($"events/{ProbeLines.Group}/enable", "0");
        _ = Set(ExecLine.Event, "0");
        _ = Native.RemoveDirectory(Place);
        foreach (string name in (string[])[ProbeLines.ReadName, ProbeLines.WriteName, ProbeLines.ProcReadName, ProbeLines.ProcWriteName])
        {
            if (Directory.Exists($"{_root}/events/{ProbeLines.Group}/{name}"))
            {
                _ = Append($"{_root}/kprobe_events", $"-:{ProbeLines.Group}/{name}");
            }
        }
    }
}
