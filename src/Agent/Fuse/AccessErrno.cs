using Fleet.Agent.Linux;
using Fleet.Broker;

namespace Fleet.Agent.Fuse;

/// <summary>How the broker's answers look to a tool.</summary>
internal static class AccessErrno
{
    public static int Of(AccessStatus status) => status switch
    {
        AccessStatus.Refused => Errno.Busy,
        AccessStatus.ReadOnly => Errno.ReadOnly,
        AccessStatus.Gone => Errno.NoDevice,
        AccessStatus.Denied => Errno.NotPermitted,
        AccessStatus.OutOfRange => Errno.Invalid,
        AccessStatus.TimedOut => Errno.TimedOut,
        AccessStatus.Interrupted => Errno.Interrupted,
        _ => Errno.InputOutput,
    };
}
