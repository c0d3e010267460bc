using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>One caller's registers of one mailbox, when it used them last, and the exchange it has under way.</summary>
internal sealed class VirtualSet(CallerKey key, RegisterSet registers)
{
    private Caller? _caller;
    private VirtualExchange? _exchange;
    private long _used;

    public CallerKey Key => key;

    public RegisterSet Registers => registers;

    /// <summary>The process that wrote last; of a session it changes with every access.</summary>
    public Caller? Caller => Volatile.Read(ref _caller);

    /// <summary>The exchange under way; null when none is.</summary>
    public VirtualExchange? Exchange
    {
        get => Volatile.Read(ref _exchange);
        set => Volatile.Write(ref _exchange, value);
    }

    /// <summary>When it was used last, a timestamp of the time provider.</summary>
    public long Used => Volatile.Read(ref _used);

    public void Use(long timestamp) => Volatile.Write(ref _used, timestamp);

    public void Use(Caller caller, long timestamp)
    {
        Volatile.Write(ref _caller, caller);
        Use(timestamp);
    }
}
