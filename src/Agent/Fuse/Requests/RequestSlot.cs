using System.Runtime.InteropServices;
using Fleet.Agent.Fuse.Protocol;
using Fleet.Broker;

namespace Fleet.Agent.Fuse.Requests;

/// <summary>
/// A place for one request. Whoever takes the answer first sends it (the worker at it, the completion of a parked access, or the watch
/// that sees its caller die), so that there is exactly one.
/// </summary>
internal sealed class RequestSlot(SlotTable table, int index)
{
    private const ulong Idle = 0; // the kernel numbers requests from 2 up

    private ulong _unique;
    private int _thread;
    private volatile bool _signalled;

    /// <summary>The whole slot, for the kernel to read into.</summary>
    public Span<byte> Bytes => table.Request(index);

    /// <summary>Thread of the caller that waits for the request.</summary>
    public int Thread => Volatile.Read(ref _thread);

    public ulong Unique => Volatile.Read(ref _unique);

    public int Device => Mark.Device;

    public SlotState State => (SlotState)Volatile.Read(ref Mark.State);

    public int Result => Mark.Result;

    /// <summary>True once its caller got a signal: from then on it is looked at until it ends.</summary>
    public bool Signalled
    {
        get => _signalled;
        set => _signalled = value;
    }

    /// <summary>The access that answers it later; null while a worker is at it.</summary>
    public ParkedAccess? Parked { get; private set; }

    /// <summary>Whether a request lies here that nobody is known to have answered.</summary>
    public bool HasRequest =>
        State is not SlotState.Free && MemoryMarshal.Read<InHeader>(Bytes) is { Length: >= InHeader.Size and <= SlotTable.SlotSize, Unique: not Idle };

    private ref SlotMark Mark => ref table.Mark(index);

    /// <summary>Makes ready for the kernel to read into.</summary>
    public void Prepare(int device)
    {
        Bytes[..InHeader.Size].Clear();
        Mark.Device = device;
        Volatile.Write(ref Mark.State, (int)SlotState.Reading);
    }

    public void Begin(ulong unique, int thread)
    {
        _signalled = false;
        Volatile.Write(ref _thread, thread);
        Volatile.Write(ref _unique, unique);
        Volatile.Write(ref Mark.State, (int)SlotState.Begun);
    }

    /// <summary>Notes what a write came to, before its caller is told.</summary>
    public void Finish(int result)
    {
        Mark.Result = result;
        Volatile.Write(ref Mark.State, (int)SlotState.Done);
    }

    public void Park(ParkedAccess access) => Parked = access;

    public void Clear()
    {
        Parked = null;
        Volatile.Write(ref Mark.State, (int)SlotState.Free);
    }

    public bool Holds(ulong unique) => unique is not Idle && Unique == unique;

    /// <summary>Takes the right to answer; false when somebody else already has.</summary>
    public bool TryAnswer(ulong unique) => Interlocked.CompareExchange(ref _unique, Idle, unique) == unique;
}
