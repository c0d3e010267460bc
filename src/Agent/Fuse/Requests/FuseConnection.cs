using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse.Requests;

/// <summary>
/// What a mirror's connection to the kernel consists of: device handles and the memory that requests are read into. All of it can be
/// handed to another process, which can then go on where this one stopped.
/// </summary>
internal sealed class FuseConnection : IDisposable
{
    /// <summary>Handles of one connection: with more, workers seldom wait for each other's lock.</summary>
    public const int Handles = 2;

    private FuseConnection(IReadOnlyList<FuseDevice> devices, SlotTable slots, IReadOnlyList<RequestSlot> left)
    {
        Devices = devices;
        Slots = slots;
        Left = left;
    }

    public IReadOnlyList<FuseDevice> Devices { get; }

    public SlotTable Slots { get; }

    /// <summary>Requests that an agent before this one read and may not have answered.</summary>
    public IReadOnlyList<RequestSlot> Left { get; }

    /// <summary>True when another agent has served it before.</summary>
    public bool TakenOver => Slots.Generation > 1;

    /// <summary>Surrounds a device that is mounted.</summary>
    /// <param name="refused">Why there are fewer handles than wanted; workers share then: slower with many callers, otherwise the same.</param>
    public static FuseConnection Create(FuseDevice device, out string? refused)
    {
        List<FuseDevice> devices = [device];
        refused = null;
        while (devices.Count < Handles && refused is null)
        {
            if (device.TryClone(out int error) is FuseDevice clone)
            {
                devices.Add(clone);
            }
            else
            {
                refused = Posix.Describe(error);
            }
        }

        return new FuseConnection(devices, SlotTable.Create(), []);
    }

    /// <summary>Goes on with what a guardian kept; owns the handles.</summary>
    /// <exception cref="IOException">The memory is not of this layout.</exception>
    public static FuseConnection Adopt(IReadOnlyList<FuseDevice> devices, Microsoft.Win32.SafeHandles.SafeFileHandle memory)
    {
        SlotTable slots = SlotTable.Adopt(memory, out IReadOnlyList<RequestSlot> left);
        return new FuseConnection(devices, slots, [.. left.Where(slot => slot.Device >= 0 && slot.Device < devices.Count)]);
    }

    /// <summary>Sends a reply on the handle that delivered the slot's request.</summary>
    /// <returns>0, or the error number.</returns>
    public int Send(RequestSlot slot, ReadOnlySpan<byte> reply)
    {
        try
        {
            return Devices[slot.Device].Send(reply);
        }
        catch (ObjectDisposedException)
        {
            return Errno.NoDevice; // An access that was parked ended just when the mirror did: nobody waits for it.
        }
    }

    public void Dispose()
    {
        foreach (FuseDevice device in Devices)
        {
            device.Dispose();
        }

        Slots.Dispose();
    }
}
