using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>What makes two contended accesses the same. A sensor's name says that it went around the broker; an offset of -1 that it is not known.</summary>
internal readonly record struct ContentionKey(
    int Pid, ulong StartTime, PciAddress Function, int Offset, int Length, AccessOperation Operation, Decision Decision, string? Sensor = null)
{
    /// <summary>The key of a process that goes over many bytes.</summary>
    public ContentionKey WithoutOffset() => this with { Offset = -1, Length = 0 };

    /// <summary>The coarse key for when too many different ones are under way.</summary>
    public ContentionKey WithoutCaller() => this with { Pid = 0, StartTime = 0, Offset = -1, Length = 0 };
}
