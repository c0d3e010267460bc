using System.Security.Cryptography;

namespace Fleet.Simulator.Load;

/// <summary>
/// Events of one host that the server has not acknowledged, as small as they can be: each is made anew from its number when it is sent. Bounded, as an
/// agent's is; what finds no room is counted and announced by an event of its own.
/// </summary>
internal sealed class HostSpool(int bound)
{
    private readonly Lock _gate = new();
    private readonly Queue<MadeEvent> _waiting = new();
    private long _last;
    private long _unannounced;

    /// <summary>53 bits, as an agent's.</summary>
    public long Epoch { get; } = (long)(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 11) | 1;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>The number of the last event that was made; the first has 1.</summary>
    public long Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>Makes an event; null when it was lost for want of room.</summary>
    public MadeEvent? Add(DateTimeOffset now, long salt)
    {
        lock (_gate)
        {
            if (_waiting.Count >= bound)
            {
                _unannounced++;
                return null;
            }

            // The announcement takes the place of the event that would have been, which is lost with the others.
            MadeEvent made = new(++_last, now, salt, Lost: _unannounced is 0 ? 0 : _unannounced + 1);
            _unannounced = 0;
            _waiting.Enqueue(made);
            return made;
        }
    }

    /// <summary>The oldest events.</summary>
    public MadeEvent[] Read(int most)
    {
        lock (_gate)
        {
            return [.. _waiting.Take(most)];
        }
    }

    /// <summary>Forgets every event up to a sequence, and returns them.</summary>
    public IReadOnlyList<MadeEvent> Acknowledge(long sequence)
    {
        lock (_gate)
        {
            List<MadeEvent> gone = [];
            while (_waiting.TryPeek(out MadeEvent oldest) && oldest.Sequence <= sequence)
            {
                gone.Add(_waiting.Dequeue());
            }

            return gone;
        }
    }
}
