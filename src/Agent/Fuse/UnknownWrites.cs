using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Fuse;

/// <summary>Tells of writes that an agent had begun when it was killed.</summary>
internal sealed class UnknownWrites(IEventSink events, TimeProvider time)
{
    public void Report(PciAddress function, in TransferIn write, in InHeader header)
    {
        int offset = (int)Math.Min(write.Offset, ushort.MaxValue);
        events.Publish(new FleetEvent
        {
            Time = time.GetUtcNow(),
            Kind = EventKinds.AccessUnknown,
            Function = function,
            // It still waits in the kernel for our answer, so it can be asked for.
            Caller = CallerReader.Read((int)header.Pid, header.Uid, out _),
            Operation = AccessOperation.Write,
            Offset = offset,
            Length = (int)write.Size,
            Detail = $"The outcome of a write of {write.Size} bytes at 0x{offset:x} is unknown: the agent was killed while it was at it."
                + " Its caller got EIO; read the register before writing it again.",
        });
    }
}
