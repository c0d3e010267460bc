using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Denies opens of raw config files around the intercept (FAN_OPEN_PERM): through other mounts of sysfs, from other mount
/// namespaces. The kernel asks and waits, so this thread opens no such file itself. When the agent dies the kernel allows again.
/// </summary>
/// <param name="trial">The access to try it with.</param>
/// <param name="functions">The functions to guard, now and as they come.</param>
/// <param name="changes">Where functions that come are told.</param>
/// <param name="callers">Whose processes the kernel names.</param>
/// <param name="denies">Whether the policies close this function to opens around the broker.</param>
/// <param name="time">The clock.</param>
internal sealed class GuardSensor(
    TrialAccess trial, IReadOnlyList<PciAddress> functions, ChangeFeed changes, KnownCallers callers, Func<PciAddress, bool> denies, TimeProvider time) : ISensor
{
    public const string SensorName = "guard";

    private const ulong OpenAsked = 0x1_0000; // FAN_OPEN_PERM
    private const uint Allow = 1;
    private const uint Deny = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualResetEventSlim _tried = new();
    private NotifyGroup? _group;
    private DescriptorLoop? _loop;
    private IDisposable? _listening;
    private Action<BypassAccess>? _seen;

    public string Name => SensorName;

    public SensorReport Start(Action<BypassAccess> seen)
    {
        _seen = seen;
        if (trial.Function is null)
        {
            return No("There is no PCI function to try it on.");
        }

        _group = NotifyGroup.TryOpen(Native.ContentClass, OpenAsked, out int error);
        if (_group is null)
        {
            return No($"The kernel gives no group that it asks (CONFIG_FANOTIFY_ACCESS_PERMISSIONS): {Posix.Describe(error)}.");
        }

        // The thread first: the kernel asks from the first mark on, and the agent's own opens wait for the answer too.
        _loop = DescriptorLoop.Start("guard", _group.File, Receive);
        _listening = changes.Listen(Follow);
        int failed = functions.Count(address => _group.Add(trial.PciRoot, address) is not 0);
        if (!trial.Read() || !_tried.Wait(Patience))
        {
            return No("A config file was opened to try it, and the kernel did not ask.");
        }

        return new SensorReport(
            Name, true,
            $"Files opened before stay open; /proc/bus/pci and a sysfs of another network namespace are not guarded; if the agent dies, opens are allowed again.{(failed is 0 ? "" : $" {failed} functions cannot be guarded.")}",
            "Opens of raw config files by others than the agent, which it denies where a claim is enforced.");
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
        _listening?.Dispose();
        _listening = null;
        _loop?.Dispose();
        _loop = null;
        _group?.Dispose(); // Who waits for an answer is let through by the kernel now.
        _group = null;
    }

    private void Follow(HardwareChange change)
    {
        if (change is { Kind: HardwareChangeKind.Added, Address: { } address })
        {
            _ = _group?.Add(trial.PciRoot, address);
        }
    }

    private bool Receive() => _group!.Receive(Take);

    private void Take(ulong mask, int process, PciAddress? function, SafeFileHandle? file)
    {
        if (file is null || (mask & OpenAsked) is 0)
        {
            return;
        }

        // The guardian needs no exception: it keeps what is open and opens no such file.
        bool own = process == Environment.ProcessId;
        bool denied = !own && function is { } address && denies(address);
        Answer(file, denied ? Deny : Allow);
        if (own)
        {
            _tried.Set();
        }
        else if (denied)
        {
            // After the answer: whoever waits for it should not wait for the attribution as well; a denied caller is still there to be named.
            _seen!(new BypassAccess(time.GetUtcNow(), Name, function!.Value, AccessOperation.Write, null, null, callers.Find(process)) { Denied = true });
        }
    }

    private void Answer(SafeFileHandle file, uint response)
    {
        Span<byte> answer = stackalloc byte[8]; // struct fanotify_response
        BitConverter.TryWriteBytes(answer, (int)file.DangerousGetHandle());
        BitConverter.TryWriteBytes(answer[4..], response);
        _ = Posix.Write(_group!.File, answer);
    }
}
