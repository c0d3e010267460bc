using System.Runtime.InteropServices;
using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Sees every access of user space to configuration space, with offset and length: probes on the functions behind the sysfs and
/// /proc files. It sees all mounts and namespaces, files opened before, and nothing of the kernel's own accesses. It also sees who
/// has a function reset.
/// </summary>
/// <param name="trial">The access to try it with.</param>
/// <param name="callers">Whose threads lines name.</param>
/// <param name="reset">Told of a function that is being reset.</param>
/// <param name="time">The clock.</param>
internal sealed class KprobeSensor(TrialAccess trial, KnownCallers callers, Action<PciAddress> reset, TimeProvider time) : ISensor
{
    private const int MostPrograms = 2_048;

    // What a flood costs: some 10 microseconds a line. A read matters less than a write.
    private const int MostWritesASecond = 5_000;
    private const int MostReadsASecond = 2_000;
    private const string Only = "set_event_pid";
    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new(); // one line at a time: two threads take them, and both name callers
    private readonly Dictionary<int, string> _programs = [];
    private readonly ManualResetEventSlim _tried = new();
    private readonly List<DescriptorLoop> _loops = [];
    private Action<BypassAccess>? _seen;
    private TraceInstance? _instance;
    private TraceStream? _writes;
    private TraceStream? _reads;
    private (long At, bool Active)? _lockdown;
    private long _counted;
    private long _lost;
    private volatile bool _trying;
    private volatile bool _works;

    public string Name => "kprobe";

    public long Lost => Volatile.Read(ref _lost);

    public bool WasLate { get; private set; }

    /// <summary>True once it has seen what it should see: then the weaker sensors need not see it too.</summary>
    public bool Works => _works;

    public SensorReport Start(Action<BypassAccess> seen, TimeSpan patience, CancellationToken ct)
    {
        _seen = seen;
        WasLate = false;
        if (trial.Function is null)
        {
            return No("There is no PCI function to try it on.");
        }

        _instance = TraceInstance.TryCreate(out string why);
        if (_instance is null)
        {
            return No(why);
        }

        if (AddProbes(KernelTypes.TryRead(), out bool proc) is { } failure)
        {
            return No(failure);
        }

        // While it is tried it sees this thread alone: what others do at full speed must not push the trial out of the buffer.
        string self = Path.GetFileName(Posix.ReadLink("/proc/thread-self") ?? "");
        _ = _instance.AddTo(TraceInstance.Reads, Only, self);
        _ = _instance.AddTo(TraceInstance.Writes, Only, self);
        _trying = true;
        _writes = Open(TraceInstance.Writes, MostWritesASecond, ProbeLines.WriteName, ProbeLines.ProcWriteName, ProbeLines.ResetName);
        _reads = Open(TraceInstance.Reads, MostReadsASecond, ProbeLines.ReadName, ProbeLines.ProcReadName);
        if (_writes is null || _reads is null)
        {
            return No("The probes cannot be enabled, or their hits not be read.");
        }

        Listen("kprobe", _writes);
        Listen("kprobe-reads", _reads);
        if (!trial.Read() || !_tried.Wait(patience, ct))
        {
            WasLate = true;
            return No("A read of a configuration file was made to try it, and its probe saw none in time.");
        }

        _trying = false;
        LeaveOutOwn();
        _works = true;
        _ = _instance.Set(TraceInstance.Writes, ExecLine.Event, "1"); // Without it short-lived tools have no path; nothing else is lost.
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
        _loops.ForEach(loop => loop.Dispose());
        _loops.Clear();
        _writes?.Dispose(); // Before the instances: one that is read cannot be removed.
        _reads?.Dispose();
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
                _ = lines.Reset is null ? 0 : _instance.Add(lines.Reset); // Without it a reset is noticed by what it does to exchanges.
                return null;
            }
        }

        proc = false;
        return $"The kernel refuses the probes on pci_read_config and pci_write_config: {Posix.Describe(error)}.";
    }

    /// <summary>Switches probes on, the first of which must be there, and opens the stream of their hits.</summary>
    private TraceStream? Open(string name, int most, params string[] probes)
    {
        if (_instance!.OpenPipe(name, out _) is not { } pipe)
        {
            return null;
        }

        if (_instance.Enable(name, probes[0]) is not 0)
        {
            pipe.Dispose();
            return null;
        }

        foreach (string other in probes.Skip(1))
        {
            _ = _instance.Enable(name, other);
        }

        return new TraceStream(pipe, most, time);
    }

    private void Listen(string name, TraceStream stream)
    {
        DescriptorLoop? loop = null;
        loop = DescriptorLoop.Start(name, stream.Pipe, () => Receive(stream, loop), CountLost, CountInterval);
        _loops.Add(loop);
    }

    // In the kernel, so that our own accesses cost nothing; threads that come later are left out by event-fork. What slips through
    // (an older kernel) is left out by process below.
    private void LeaveOutOwn()
    {
        foreach (string stream in (string[])[TraceInstance.Writes, TraceInstance.Reads])
        {
            _ = _instance!.Set(stream, "options/event-fork", "1");
            foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
            {
                _ = _instance.AddTo(stream, "set_event_notrace_pid", Path.GetFileName(task));
            }

            _ = _instance.Set(stream, Only, "");
        }
    }

    private bool Receive(TraceStream stream, DescriptorLoop? loop)
    {
        lock (_gate)
        {
            // Which program a process began is told among the writes: first what was told before these lines.
            if (stream != _writes && _writes!.Pause == TimeSpan.Zero)
            {
                _ = _writes.Read(Take);
            }

            bool more = stream.Read(Take);
            if (stream.Pause is { Ticks: > 0 } pause)
            {
                loop?.Pause(pause);
            }

            if (time.GetElapsedTime(_counted) >= Second)
            {
                _counted = time.GetTimestamp();
                CountLost();
            }

            return more;
        }
    }

    private void CountLost() => Volatile.Write(ref _lost, _instance?.ReadLost() ?? _lost);

    private void Take(string text)
    {
        if (ExecLine.TryParse(text, out int pid, out string path))
        {
            if (_programs.Count >= MostPrograms)
            {
                _programs.Clear();
            }

            _programs[pid] = path;
        }
        else if (ResetLine.TryParse(text, out PciAddress function))
        {
            reset(function);
        }
        else if (TraceLine.TryParse(text, out TraceLine line))
        {
            Take(line);
        }
    }

    private void Take(in TraceLine line)
    {
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
