using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>
/// The last good bytes of one function, for claims that answer reads from them. Fed by what the agent reads for its inventory and
/// by every read that reached the function; a function that went away or sleeps gives all ones, which are never taken over.
/// </summary>
/// <param name="size">Bytes of the configuration space.</param>
/// <param name="age">Older bytes are not given unless the asker takes what there is: it cannot ask a function that sleeps.</param>
/// <param name="time">The clock of their age.</param>
internal sealed class ConfigCache(int size, TimeSpan age, TimeProvider time)
{
    private const int Unit = 4;

    private readonly Lock _gate = new();
    private readonly byte[] _bytes = new byte[size];
    private readonly bool[] _known = new bool[size];
    private readonly long[] _stored = new long[(size + Unit - 1) / Unit];

    /// <summary>Takes over bytes that the function answered.</summary>
    public void Store(int offset, ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, size - offset);
        if (offset < 0 || count <= 0)
        {
            return;
        }

        lock (_gate)
        {
            bytes[..count].CopyTo(_bytes.AsSpan(offset));
            _known.AsSpan(offset, count).Fill(true);
            _stored.AsSpan((offset / Unit)..(((offset + count - 1) / Unit) + 1)).Fill(time.GetTimestamp());
        }
    }

    /// <summary>Takes over what the agent has read for its inventory.</summary>
    public void Store(IReadOnlyList<ConfigRange> ranges)
    {
        foreach (ConfigRange range in ranges)
        {
            byte[] bytes = new byte[range.Hex.Length / 2];
            if (Convert.FromHexString(range.Hex.AsSpan(0, bytes.Length * 2), bytes, out _, out _) is System.Buffers.OperationStatus.Done)
            {
                Store(range.Offset, bytes);
            }
        }
    }

    /// <summary>Gives the bytes of one aligned dword; false when one of them was never read, or is old and that matters.</summary>
    public bool TryRead(int offset, Span<byte> destination, bool howeverOld)
    {
        lock (_gate)
        {
            if (offset < 0 || offset > size - destination.Length || _known.AsSpan(offset, destination.Length).Contains(false)
                || !(howeverOld || time.GetElapsedTime(_stored[offset / Unit]) < age))
            {
                return false;
            }

            _bytes.AsSpan(offset, destination.Length).CopyTo(destination);
            return true;
        }
    }
}
