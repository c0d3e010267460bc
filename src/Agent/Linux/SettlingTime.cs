using Fleet.Pci;

namespace Fleet.Agent.Linux;

/// <summary>
/// Which functions came or woke up so lately that the kernel may still be at their mailboxes: an abort of up to 1 s, then up to 2 s
/// for each question of its discovery. A function not seen before counts as just come: nobody can say how long it has been there.
/// </summary>
internal sealed class SettlingTime : IDisposable
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<PciAddress, (long At, bool Reset)> _since = [];
    private readonly HashSet<PciAddress> _settled = [];
    private readonly TimeProvider _time;
    private readonly Action<PciAddress> _over;
    private readonly ITimer _timer;

    /// <param name="over">Told of each function whose time is over.</param>
    /// <param name="time">The clock.</param>
    public SettlingTime(Action<PciAddress> over, TimeProvider time)
    {
        _over = over;
        _time = time;
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins anew: it was enumerated, powered up or reset.</summary>
    public void Begin(PciAddress address, bool reset = false)
    {
        lock (_gate)
        {
            _settled.Remove(address);
            _since[address] = (_time.GetTimestamp(), reset);
            if (_since.Count is 1)
            {
                _timer.Change(Length, Timeout.InfiniteTimeSpan); // Else it is set for an earlier one.
            }
        }
    }

    /// <summary>The function is gone: when it comes back it has just come.</summary>
    public void Forget(PciAddress address)
    {
        lock (_gate)
        {
            _settled.Remove(address);
            _since.Remove(address);
        }
    }

    public bool IsSettling(PciAddress address)
    {
        lock (_gate)
        {
            if (!_settled.Contains(address) && !_since.ContainsKey(address))
            {
                Begin(address);
            }

            return !_settled.Contains(address);
        }
    }

    /// <summary>Whether it was reset so lately that it may not be ready again.</summary>
    public bool WasReset(PciAddress address)
    {
        lock (_gate)
        {
            return _since.TryGetValue(address, out (long At, bool Reset) since) && since.Reset;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        List<PciAddress> over;
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            over = [.. _since.Where(entry => _time.GetElapsedTime(entry.Value.At, now) >= Length).Select(entry => entry.Key)];
            foreach (PciAddress address in over)
            {
                _since.Remove(address);
                _settled.Add(address);
            }

            if (_since.Count > 0)
            {
                _timer.Change(_since.Values.Select(since => Length - _time.GetElapsedTime(since.At, now)).Min(), Timeout.InfiniteTimeSpan);
            }
        }

        over.ForEach(_over);
    }
}
