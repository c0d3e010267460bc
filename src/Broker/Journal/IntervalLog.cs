using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>
/// Remembers when claims, leases and holds began and ended, in a ring of the mapped file, so that kill -9 loses none. A new one takes
/// a free place, or that of the one that ended longest ago; while every place is of one that goes on, it is counted as untold.
/// </summary>
internal sealed class IntervalLog(MappedFile file, JournalLayout layout, CallerTable callers, TimeProvider time)
{
    private readonly Lock _gate = new();

    /// <summary>Notes a beginning; the result is for <see cref="End"/>.</summary>
    public int Begin(IntervalKind kind, PciAddress? function, int offset, int length, Caller caller)
    {
        if (!file.TryEnter())
        {
            return -1;
        }

        try
        {
            lock (_gate)
            {
                Span<IntervalSlot> slots = layout.Intervals(file.Bytes);
                int place = Place(slots);
                if (place < 0)
                {
                    JournalLayout.Header(file.Bytes).UntoldIntervals++;
                    return -1;
                }

                ref IntervalSlot slot = ref slots[place];
                slot.State = JournalCell.Writing;
                slot.Kind = (int)kind;
                slot.CallerSlot = callers.Find(caller, layout.CallerSlots(file.Bytes));
                slot.Domain = function?.Domain ?? IntervalSlot.Everywhere;
                slot.BusDeviceFunction = function is { } address ? JournalKey.Pack(address) : (ushort)0;
                slot.Offset = (ushort)offset;
                slot.Length = length;
                slot.Begin = time.GetUtcNow().ToUnixTimeMilliseconds();
                slot.End = 0;
                slot.Check = slot.Hash();
                Volatile.Write(ref slot.State, JournalCell.Ready);
                return place;
            }
        }
        finally
        {
            file.Exit();
        }
    }

    public void End(int place)
    {
        if (place < 0 || !file.TryEnter())
        {
            return;
        }

        try
        {
            lock (_gate)
            {
                layout.Intervals(file.Bytes)[place].End = Math.Max(1, time.GetUtcNow().ToUnixTimeMilliseconds());
            }
        }
        finally
        {
            file.Exit();
        }
    }

    /// <summary>After a crash: torn places are freed, what went on is cut off.</summary>
    public static void Recover(Span<IntervalSlot> slots)
    {
        foreach (ref IntervalSlot slot in slots)
        {
            if (!slot.IsWhole())
            {
                slot = default;
            }
            else if (slot.End is 0)
            {
                slot.End = IntervalSlot.CutOff;
            }
        }
    }

    private static int Place(ReadOnlySpan<IntervalSlot> slots)
    {
        int oldest = -1;
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i].State is not JournalCell.Ready)
            {
                return i;
            }

            if (slots[i].End is not 0 && (oldest < 0 || slots[i].Begin < slots[oldest].Begin))
            {
                oldest = i;
            }
        }

        return oldest;
    }
}
