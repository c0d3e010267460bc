using System.Runtime.InteropServices;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>
/// Remembers across a kill -9 which mailboxes had an exchange of ours under way, so that the next life aborts each of them once
/// (a mailbox does not tell whose transaction hangs in it). Bounded: beyond 64 at a time an exchange goes unremembered.
/// </summary>
internal sealed class ExchangeLog(MappedFile file)
{
    private delegate void Change(ref OpenExchange slot);

    /// <summary>Notes that an exchange begins; the result is for <see cref="Went"/> and <see cref="End"/>.</summary>
    public int Begin(PciAddress function, int offset, DoeFeature feature, Caller caller)
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
                    slot.Fill(function, offset, feature, caller);
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

    /// <summary>Notes that Go was written: from here on nobody knows whether the device acts on the request.</summary>
    public void Went(int slot) => Apply(slot, static (ref OpenExchange open) => Volatile.Write(ref open.Went, 1));

    /// <summary>The exchange is over.</summary>
    public void End(int slot) => Apply(slot, static (ref OpenExchange open) => Volatile.Write(ref open.State, JournalCell.Empty));

    /// <summary>What an earlier life left open here. Ask before this life begins one.</summary>
    public InterruptedExchange? FindInterrupted(PciAddress function, int offset) => Find(function, offset, forget: false);

    /// <summary>The mailbox was aborted: what was left open there is over.</summary>
    public void Forget(PciAddress function, int offset) => Find(function, offset, forget: true);

    private void Apply(int slot, Change change)
    {
        if (slot < 0 || !file.TryEnter())
        {
            return;
        }

        try
        {
            change(ref Slots()[slot]);
        }
        finally
        {
            file.Exit();
        }
    }

    private InterruptedExchange? Find(PciAddress function, int offset, bool forget)
    {
        if (!file.TryEnter())
        {
            return null;
        }

        try
        {
            InterruptedExchange? found = null;
            foreach (ref OpenExchange slot in Slots())
            {
                if (slot.IsFor(function, offset))
                {
                    found = slot.Describe();
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
