using System.Text;
using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>Reads the kernel's log for what it complains of: mailboxes that others disturb, writes into ranges that drivers claimed.</summary>
internal sealed class KernelLogSensor(KnownCallers callers, SensorContext context, TimeProvider time) : ISensor
{
    public const string SensorName = "kernel-log";

    private const string Place = "/dev/kmsg";
    private const int RecordSize = 8 * 1024;
    private const int FromTheEnd = 2; // SEEK_END

    private readonly byte[] _record = new byte[RecordSize];
    private readonly ManualResetEventSlim _tried = new();
    private readonly string _trial = $"pcifleet-agent: trying whether the kernel log can be read ({Guid.CreateVersion7(time.GetUtcNow()):N})";
    private SafeFileHandle? _file;
    private DescriptorLoop? _loop;
    private Action<BypassAccess>? _seen;
    private ulong? _next;
    private long _lost;

    public string Name => SensorName;

    public long Lost => Volatile.Read(ref _lost);

    public bool WasLate { get; private set; }

    public SensorReport Start(Action<BypassAccess> seen, TimeSpan patience, CancellationToken ct)
    {
        _seen = seen;
        _next = null;
        WasLate = false;
        if (!Posix.TryOpen(Place, Native.OpenReadWrite | Native.OpenNonBlocking, out SafeFileHandle file, out int error))
        {
            file.Dispose();
            return new SensorReport(Name, false, $"{Place} cannot be opened: {Posix.Describe(error)}.", "");
        }

        _file = file;
        _ = Native.Seek(file, 0, FromTheEnd); // What was said before is not news.
        _loop = DescriptorLoop.Start("kernel-log", file, Receive);
        // Debug level, user facility: it reaches the log and no console.
        if (Posix.Write(file, Encoding.ASCII.GetBytes($"<15>{_trial}\n")) <= 0 || !_tried.Wait(patience, ct))
        {
            Stop();
            WasLate = true;
            return new SensorReport(Name, false, "A message written to the kernel log to try it did not come back in time.", "");
        }

        return new SensorReport(
            Name, true, "The kernel names a writer into a driver's range once a boot, and since 6.4 no driver claims mailboxes.",
            "What the kernel complains of about mailboxes that it drives, and writes into ranges that drivers claimed.");
    }

    public void Dispose()
    {
        Stop();
        callers.Dispose();
    }

    private void Stop()
    {
        _loop?.Dispose();
        _loop = null;
        _file?.Dispose();
        _file = null;
    }

    private bool Receive()
    {
        while (true)
        {
            int count = Posix.Read(_file!, _record);
            if (count is -Errno.BrokenPipe)
            {
                continue; // Records were overwritten before they were read: the next number tells how many.
            }

            if (count <= 0)
            {
                return count is -Errno.Again or -Errno.Interrupted;
            }

            if (KernelMessage.TryParse(_record.AsSpan(0, count), out KernelMessage message))
            {
                Take(message);
            }
        }
    }

    /// <summary>Takes one message; the loop hands them on, and tests.</summary>
    internal void Take(KernelMessage message)
    {
        if (_next is { } next && message.Sequence > next)
        {
            Interlocked.Add(ref _lost, (long)Math.Min(message.Sequence - next, 1_000_000));
        }

        _next = message.Sequence + 1;
        if (message.FromKernel)
        {
            if (KernelComplaint.TryRead(message.Text, out KernelComplaint complaint))
            {
                Tell(message, complaint);
            }
        }
        else if (message.Text == _trial)
        {
            _tried.Set();
        }
    }

    private void Tell(KernelMessage message, KernelComplaint complaint)
    {
        Caller? caller = message.Tid is { } tid ? callers.Find(tid) : null;
        caller ??= complaint.Comm is null ? null : new Caller { Pid = 0, Uid = uint.MaxValue, Comm = complaint.Comm };
        if (complaint.Kind is KernelComplaintKind.ExclusiveWrite && message.Function is { } function)
        {
            _seen!(new BypassAccess(time.GetUtcNow(), Name, function, AccessOperation.Write, complaint.Offset, null, caller));
            return;
        }

        if (complaint is { Kind: KernelComplaintKind.MailboxDead, Offset: { } mailbox } && message.Function is { } owner)
        {
            context.Quarantine(owner, mailbox, "the kernel's abort of it did not complete, and the kernel gave it up.");
        }

        if (ComplaintEvents.Describe(message.Function, complaint) is var (kind, detail))
        {
            context.Tell(new FleetEvent
            {
                Time = time.GetUtcNow(),
                Kind = kind,
                Function = message.Function,
                Caller = caller,
                Offset = complaint.Offset,
                Sensor = Name,
                Detail = detail,
            });
        }
    }
}
