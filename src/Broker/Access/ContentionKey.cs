using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>What makes two contended accesses the same.</summary>
internal readonly record struct ContentionKey(
    int Pid, ulong StartTime, PciAddress Function, int Offset, int Length, AccessOperation Operation, Decision Decision)
{
    /// <summary>The coarse key for when too many different ones are under way.</summary>
    public ContentionKey WithoutCaller() => this with { Pid = 0, StartTime = 0, Offset = -1, Length = 0 };
}
