using Fleet.Agent.Fuse.Protocol;
using Fleet.Broker;
using Fleet.Contracts;

namespace Fleet.Agent.Fuse;

/// <summary>
/// A function's configuration space, opened by one process. Offset, length and data go to the broker as the caller
/// made them; lengths are cut at the end of the file as sysfs cuts them.
/// </summary>
internal sealed class OpenConfig(HostBroker broker, BrokeredFunction function, OpenCallers callers) : OpenFile
{
    // What sysfs shows to an opener without CAP_SYS_ADMIN: the standard header.
    private const int PublicSize = 64;
    private const int PublicSizeCardBus = 128;
    private const string CardBusClass = "0607";

    private readonly int _readable = callers.Privileged ? function.Size
        : function.Facts.ClassCode.StartsWith(CardBusClass, StringComparison.Ordinal) ? PublicSizeCardBus : PublicSize;

    public override HandleKind Kind => callers.Privileged ? HandleKind.WholeConfig : HandleKind.PublicConfig;

    public override Transfer Read(in InHeader caller, ulong offset, Span<byte> destination)
    {
        if (offset >= (ulong)_readable)
        {
            return default;
        }

        int start = (int)offset;
        Span<byte> asked = destination[..Math.Min(destination.Length, _readable - start)];
        return Convert(broker.Read(function, start, asked, CallerOf(caller)));
    }

    public override Transfer Write(in InHeader caller, ulong offset, ReadOnlySpan<byte> source)
    {
        if (offset >= (ulong)function.Size)
        {
            return default;
        }

        int start = (int)offset;
        ReadOnlySpan<byte> given = source[..Math.Min(source.Length, function.Size - start)];
        return Convert(broker.Write(function, start, given, CallerOf(caller)));
    }

    private Caller CallerOf(in InHeader caller) => callers.Find((int)caller.Pid, caller.Uid);

    private static Transfer Convert(AccessResult result) => result.Status switch
    {
        AccessStatus.Done => new Transfer(result.Count),
        AccessStatus.Parked => new Transfer(0, result.Parked),
        _ => Transfer.Failed(AccessErrno.Of(result.Status)),
    };
}
