using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fleet.Agent.Linux;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Fuse.Requests;

/// <summary>
/// The requests under way, in memory that outlives the agent: the kernel reads each one into a slot, and the mark beside it says how far
/// it has come. Whoever serves the mirror after a kill -9 finds here what waits for an answer.
/// </summary>
internal sealed class SlotTable : IDisposable
{
    /// <summary>Requests that can wait at a time; more stay in the kernel, in order.</summary>
    public const int Count = 1024;

    /// <summary>Room for one request: the largest write and its headers, rounded up to what the kernel insists on.</summary>
    public const int SlotSize = 8192;

    private const int MarksAt = 4096;
    private const int SlotsAt = MarksAt + (Count * SlotMark.Bytes);
    private const int Size = SlotsAt + (Count * SlotSize);

    private readonly SharedMemory _memory;
    private readonly RequestSlot[] _slots = new RequestSlot[Count];
    private readonly Stack<RequestSlot> _free = new(Count);

    private SlotTable(SharedMemory memory)
    {
        _memory = memory;
        for (int index = Count - 1; index >= 0; index--)
        {
            _slots[index] = new RequestSlot(this, index);
        }
    }

    public SafeFileHandle File => _memory.File;

    /// <summary>The agents that have served from this memory, this one included.</summary>
    public int Generation { get; private set; }

    public ReadOnlySpan<RequestSlot> Slots => _slots;

    public static SlotTable Create()
    {
        SlotTable table = new(SharedMemory.Create("pcifleet-requests", Size));
        ref SlotHeader header = ref table.Header;
        header.Magic = SlotHeader.Expected;
        table.Generation = header.Generation = 1;
        table.Fill(_ => true);
        return table;
    }

    /// <summary>Takes over what another agent left.</summary>
    /// <param name="left">The slots with a request that may wait for an answer; they are not free.</param>
    /// <exception cref="IOException">The memory is not of this layout.</exception>
    public static SlotTable Adopt(SafeFileHandle file, out IReadOnlyList<RequestSlot> left)
    {
        SlotTable table = new(SharedMemory.Adopt(file, Size));
        ref SlotHeader header = ref table.Header;
        if (header.Magic is not SlotHeader.Expected)
        {
            table.Dispose();
            throw new IOException("The requests that the guardian kept were laid out by another version of the agent.");
        }

        table.Generation = ++header.Generation;
        left = [.. table._slots.Where(slot => slot.HasRequest)];
        HashSet<RequestSlot> waiting = [.. left];
        table.Fill(slot => !waiting.Contains(slot));
        return table;
    }

    /// <summary>Maps the memory to look into it only; its handle stays the caller's. Null when it is not of this layout.</summary>
    public static SlotTable? TryLookInto(SafeFileHandle file)
    {
        try
        {
            SlotTable table = new(SharedMemory.Share(file, Size));
            return table.Header.Magic is SlotHeader.Expected ? table : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public Span<byte> Request(int index) => _memory.Bytes.Slice(SlotsAt + (index * SlotSize), SlotSize);

    public ref SlotMark Mark(int index) =>
        ref MemoryMarshal.AsRef<SlotMark>(_memory.Bytes.Slice(MarksAt + (index * SlotMark.Bytes), SlotMark.Bytes));

    /// <summary>A slot to read the next request into; null when all hold one.</summary>
    public RequestSlot? Take()
    {
        lock (_free)
        {
            return _free.TryPop(out RequestSlot? slot) ? slot : null;
        }
    }

    public void Return(RequestSlot slot)
    {
        slot.Clear();
        lock (_free)
        {
            _free.Push(slot);
        }
    }

    public void Dispose() => _memory.Dispose();

    private ref SlotHeader Header => ref MemoryMarshal.AsRef<SlotHeader>(_memory.Bytes[..Unsafe.SizeOf<SlotHeader>()]);

    private void Fill(Func<RequestSlot, bool> isFree)
    {
        foreach (RequestSlot slot in _slots.Reverse().Where(isFree)) // the first slots are used first: few pages are ever touched
        {
            Return(slot);
        }
    }
}
