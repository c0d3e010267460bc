using System.Runtime.InteropServices;
using System.Text;
using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Sees every access of user space to configuration space, with offset and length: probes on the functions behind the sysfs and
/// /proc files. It sees all mounts and namespaces, files opened before, and nothing of the kernel's own accesses.
/// </summary>
internal sealed class KprobeSensor(TrialAccess trial, KnownCallers callers, TimeProvider time) : ISensor
{
    private const int BufferSize = 64 * 1024;
    private const int LongestLine = 1_024;
    private const int MostPrograms = 2_048;
    private const int MostLinesASecond = 5_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20); // a sensor that a busy host made late is not a broken one
    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly StringBuilder _rest = new();
    private readonly Dictionary<int, string> _programs = [];
    private readonly ManualResetEventSlim _tried = new();
    private Action<BypassAccess>? _seen;
    private TraceInstance? _instance;
    private SafeFileHandle? _pipe;
    private DescriptorLoop? _loop;
    private (long At, bool Active)? _lockdown;
    private long _windowBegan;
    private int _windowLines;
    private long _lost;
    private volatile bool _trying;

    public string Name => "kprobe";

    public long Lost => Volatile.Read(ref _lost);

    /// <summary>True once it has seen what it should see: then the weaker sensors need not see it too.</summary>
    public bool Works { get; private set; }

    public SensorReport Start(Action<BypassAccess> seen)
    {
        _seen = seen;
        if (trial.Function is null)
        {
            return No("There is no PCI function to try it on.");
        }

        _instance = TraceInstance.TryCreate(out string why);
        if (_instance is null)
        {
            return No(why);
        }

        KernelTypes? types = KernelTypes.TryRead();
        if (AddProbes(types, out bool proc) is { } failure)
        {
            return No(failure);
        }

        _pipe = _instance.OpenPipe(out int error);
        if (_pipe is null || _instance.Set($"events/{ProbeLines.Group}/enable", "1") is not 0)
        {
            return No($"The probes cannot be read or enabled: {Posix.Describe(error)}.");
        }

        _trying = true;
        _loop = DescriptorLoop.Start("kprobe", _pipe, Receive, CountLost, CountInterval);
        if (!trial.Read() || !_tried.Wait(Patience))
        {
            return No("A read of a configuration file was made to try it, and its probe saw none.");
        }

        _trying = false;
        Works = true;
        LeaveOutOwn();
        _ = _instance.Set(ExecLine.Event, "1"); // Without it short-lived tools have no path; nothing else is lost.
        return new SensorReport(
            Name, true, proc ? "" : "The kernel has no type information (BTF): accesses by way of /proc/bus/pci and the users of programs that end at once are not seen.",
            $"Every read and write of a config file in sysfs{(proc ? " and /proc" : "")}, by any process in any namespace, with offset and length.");
    }

    public void Dispose()
    {
        Stop();
        callers.Dispose();
    }

    private SensorReport No(string why)
    {
        Stop();
        return new SensorReport(Name, false, why, "");
    }

    private void Stop()
    {
        _loop?.Dispose();
        _loop = null;
        _pipe?.Dispose(); // Before the instance: one that is read cannot be removed.
        _pipe = null;
        _instance?.Dispose();
        _instance = null;
    }

    /// <summary>Adds the probes in the first form that the kernel takes; null on success.</summary>
    private string? AddProbes(KernelTypes? types, out bool proc)
    {
        Architecture machine = RuntimeInformation.OSArchitecture;
        int error = 0;
        foreach ((KernelTypes? known, bool registers) in new[] { (types, false), (types, true), (null, false), (null, true) })
        {
            ProbeLines lines = ProbeLines.Compose(known, registers, machine);
            error = _instance!.Add(lines.Write);
            if (error is 0 && (error = _instance.Add(lines.Read)) is 0)
            {
                proc = lines.ProcWrite is not null && _instance.Add(lines.ProcWrite) is 0 && _instance.Add(lines.ProcRead!) is 0;
                return null;
            }
        }

        proc = false;
        return $"The kernel refuses the probes on pci_read_config and pci_write_config: {Posix.Describe(error)}.";
    }

    // In the kernel, so that our own accesses cost nothing; threads that come later are left out by event-fork. What slips through
    // (an older kernel) is left out by process below.
    private void LeaveOutOwn()
    {
        _ = _instance!.Set("options/event-fork", "1");
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            _ = _instance.AddTo("set_event_notrace_pid", Path.GetFileName(task));
        }
    }

    private bool Receive()
    {
        int count = Posix.Read(_pipe!, _buffer);
        if (count <= 0)
        {
            return count is -Errno.Again or -Errno.Interrupted or 0;
        }

        _rest.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        int taken = 0;
        string text = _rest.ToString();
        for (int end; (end = text.IndexOf('\n', taken)) >= 0; taken = end + 1)
        {
            Take(text[taken..end]);
        }

        _rest.Clear();
        if (text.Length - taken <= LongestLine)
        {
            _rest.Append(text, taken, text.Length - taken);
        }

        HoldBack();
        return true;
    }

    // Whoever polls at full speed costs so much and no more; what the kernel's buffer does not keep meanwhile is counted.
    private void HoldBack()
    {
        TimeSpan passed = time.GetElapsedTime(_windowBegan);
        if (passed >= Second)
        {
            _windowBegan = time.GetTimestamp();
            _windowLines = 0;
            CountLost();
        }
        else if (_windowLines > MostLinesASecond)
        {
            _loop?.Pause(Second - passed);
        }
    }

    private void CountLost() => Volatile.Write(ref _lost, _instance?.ReadLost() ?? _lost);

    private void Take(string text)
    {
        _windowLines++;
        if (ExecLine.TryParse(text, out int pid, out string path))
        {
            if (_programs.Count >= MostPrograms)
            {
                _programs.Clear();
            }

            _programs[pid] = path;
            return;
        }

        if (!TraceLine.TryParse(text, out TraceLine line))
        {
            return;
        }

        Caller? caller = callers.Find(line.Tid);
        if (caller?.Pid == Environment.ProcessId)
        {
            if (_trying && line.Function == trial.Function)
            {
                _tried.Set();
            }

            return;
        }

        // The probe stands before the kernel's own check: under lockdown the write that it sees gets no further.
        if (line.Operation is AccessOperation.Write && IsLockedDown())
        {
            return;
        }

        caller ??= Gone(line);
        if (caller.Exe.Length is 0 && _programs.TryGetValue(caller.Pid, out string? program))
        {
            caller = caller with { Exe = program };
        }

        _seen!(new BypassAccess(time.GetUtcNow(), Name, line.Function, line.Operation, line.Offset, line.Length, caller));
    }

    private bool IsLockedDown()
    {
        if (_lockdown is not { } known || time.GetElapsedTime(known.At) > Second)
        {
            known = (time.GetTimestamp(), Lockdown.Read() is not (Lockdown.None or Lockdown.Unknown));
            _lockdown = known;
        }

        return known.Active;
    }

    // It ended before it was looked at: what the line itself says is all there is.
    private static Caller Gone(TraceLine line) => new() { Pid = line.Tid, Uid = line.Uid ?? uint.MaxValue, Comm = line.Comm };
}
