using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>Who a caller is to a queue or a register set: one process, or one session of processes that each live for one access.</summary>
internal readonly record struct CallerKey(int Pid, ulong StartTime, int Session)
{
    /// <summary>One process: the start time tells it from a later one with the same number.</summary>
    public static CallerKey OfProcess(Caller caller) => new(caller.Pid, caller.StartTime, 0);

    /// <summary>All processes of a session.</summary>
    public static CallerKey OfSession(int session) => new(0, 0, session);
}
