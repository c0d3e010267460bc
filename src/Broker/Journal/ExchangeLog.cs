using System.Runtime.InteropServices;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>
/// Remembers across a kill -9 which mailboxes had an exchange of ours under way, so that the next life aborts each of them once
/// (a mailbox does not tell whose transaction hangs in it). Bounded: beyond 64 at a time an exchange goes unremembered.
/// </summary>
internal sealed class ExchangeLog(MappedFile file)
{
    /// <summary>Notes that an exchange begins; the result is for <see cref="End"/>.</summary>
    public int Begin(PciAddress function, int offset)
    {
        if (!file.TryEnter())
        {
            return -1;
        }

        try
        {
            Span<OpenExchange> slots = Slots();
            for (int i = 0; i < slots.Length; i++)
            {
                ref OpenExchange slot = ref slots[i];
                if (Interlocked.CompareExchange(ref slot.State, JournalCell.Writing, JournalCell.Empty) is JournalCell.Empty)
                {
                    slot.Domain = function.Domain;
                    slot.BusDeviceFunction = JournalKey.Pack(function);
                    slot.Offset = (ushort)offset;
                    Volatile.Write(ref slot.State, JournalCell.Ready);
                    return i;
                }
            }

            return -1;
        }
        finally
        {
            file.Exit();
        }
    }

    public void End(int slot)
    {
        if (slot < 0 || !file.TryEnter())
        {
            return;
        }

        try
        {
            Volatile.Write(ref Slots()[slot].State, JournalCell.Empty);
        }
        finally
        {
            file.Exit();
        }
    }

    /// <summary>Whether an earlier life left an exchange open here. Ask before this life begins one.</summary>
    public bool WasInterrupted(PciAddress function, int offset) => Any(function, offset, forget: false);

    /// <summary>The mailbox was aborted: what was left open there is over.</summary>
    public void Forget(PciAddress function, int offset) => Any(function, offset, forget: true);

    private bool Any(PciAddress function, int offset, bool forget)
    {
        if (!file.TryEnter())
        {
            return false;
        }

        try
        {
            bool found = false;
            foreach (ref OpenExchange slot in Slots())
            {
                if (slot.IsFor(function, offset))
                {
                    found = true;
                    slot.State = forget ? JournalCell.Empty : slot.State;
                }
            }

            return found;
        }
        finally
        {
            file.Exit();
        }
    }

    private Span<OpenExchange> Slots() =>
        MemoryMarshal.Cast<byte, OpenExchange>(file.Bytes.Slice(OpenExchange.Start, OpenExchange.Slots * OpenExchange.Bytes));
}
