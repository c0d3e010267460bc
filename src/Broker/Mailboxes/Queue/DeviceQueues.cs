using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>The queues of a host, one a device.</summary>
internal sealed class DeviceQueues(BrokerOptions options, HoldEvents events, TimeProvider time) : IDisposable
{
    private const int AlternativeRouting = 0x000e;

    private readonly ConcurrentDictionary<PciAddress, DeviceQueue> _queues = new();

    /// <summary>The device a function belongs to, named by its function 0. With ARI a bus has one device of up to 256 functions.</summary>
    public static PciAddress DeviceOf(FunctionFacts function)
    {
        PciAddress address = function.Address;
        bool wide = function.Capabilities.Any(c => c.Extended && c.Id == AlternativeRouting);
        return new PciAddress(address.Domain, address.Bus, wide ? (byte)0 : address.Device, 0);
    }

    public DeviceQueue Of(FunctionFacts function) => Of(DeviceOf(function));

    public DeviceQueue Of(PciAddress device) => _queues.GetOrAdd(device, key => new DeviceQueue(key, options, events, time));

    /// <summary>Every hold in force.</summary>
    public IReadOnlyList<HoldFacts> Holds() => [.. _queues.Values.Select(q => q.Hold).OfType<HoldFacts>().OrderBy(h => h.Device)];

    public void Expire(Func<Caller, bool> ended)
    {
        foreach (DeviceQueue queue in _queues.Values)
        {
            queue.Expire(ended);
        }
    }

    public void Dispose()
    {
        foreach (DeviceQueue queue in _queues.Values)
        {
            queue.Dispose();
        }
    }
}
