using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>
/// Gives each caller identity (executable, its hash, user, unit; never a pid) a slot of the file. Looking one up that is known takes no lock
/// and allocates nothing. When all slots are taken, newcomers share slot 0, which names nobody.
/// </summary>
internal sealed class CallerTable
{
    // Hashing an identity's texts takes longer than all else that recording does, and a caller comes again and again.
    private const int Recent = 64;

    private readonly ConcurrentDictionary<CallerIdentity, int> _slots = new();
    private readonly Known?[] _recent = new Known?[Recent];
    private readonly Lock _gate = new();
    private int _used = 1;

    /// <summary>Takes over what an earlier life of the agent wrote.</summary>
    public void Load(Span<CallerSlot> slots)
    {
        for (int i = 1; i < slots.Length; i++)
        {
            if (slots[i].TryLoad(out CallerIdentity identity))
            {
                _slots.TryAdd(identity, i);
                _used = i + 1;
            }
        }
    }

    public int Find(Caller caller, Span<CallerSlot> slots)
    {
        ref Known? recent = ref _recent[RuntimeHelpers.GetHashCode(caller) & (Recent - 1)];
        if (Volatile.Read(ref recent) is { } known && ReferenceEquals(known.Caller, caller))
        {
            return known.Slot;
        }

        int slot = FindByIdentity(caller, slots);
        Volatile.Write(ref recent, new Known(caller, slot));
        return slot;
    }

    private int FindByIdentity(Caller caller, Span<CallerSlot> slots)
    {
        CallerIdentity key = new(caller.Exe, caller.ExeHash ?? "", caller.Uid, caller.Unit ?? "");
        if (_slots.TryGetValue(key, out int slot))
        {
            return slot;
        }

        return Volatile.Read(ref _used) >= slots.Length ? 0 : Add(key, slots);
    }

    private int Add(CallerIdentity key, Span<CallerSlot> slots)
    {
        lock (_gate)
        {
            if (_slots.TryGetValue(key, out int slot))
            {
                return slot;
            }

            if (_used >= slots.Length)
            {
                return 0;
            }

            slots[_used].Store(key);
            _slots[key] = _used;
            return _used++;
        }
    }

    private sealed record Known(Caller Caller, int Slot);
}
