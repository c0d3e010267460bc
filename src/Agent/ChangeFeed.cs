using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Fleet.Agent;

/// <summary>Hands hardware changes to any number of readers, each at its own pace within a bound.</summary>
internal sealed class ChangeFeed
{
    private const int Depth = 1_024;

    private readonly Lock _gate = new();
    private readonly List<Reader> _readers = [];
    private event Action<HardwareChange>? Listening;

    public void Publish(HardwareChange change)
    {
        // Listeners first, on this thread: what must be in place before anybody else looks.
        Listening?.Invoke(change);
        lock (_gate)
        {
            foreach (Reader reader in _readers)
            {
                reader.Offer(change);
            }
        }
    }

    /// <summary>Calls a listener with each change, on the thread that publishes it, until the result is disposed.</summary>
    public IDisposable Listen(Action<HardwareChange> listener)
    {
        Listening += listener;
        return new Subscription(() => Listening -= listener);
    }

    /// <summary>What is published from this call on.</summary>
    public IAsyncEnumerable<HardwareChange> ReadAsync(CancellationToken ct)
    {
        // Here and not in the iterator: a reader that has asked must not miss what comes before its first step.
        Reader reader = new();
        lock (_gate)
        {
            _readers.Add(reader);
        }

        return ReadAsync(reader, ct);
    }

    private async IAsyncEnumerable<HardwareChange> ReadAsync(Reader reader, [EnumeratorCancellation] CancellationToken ct)
    {
        try
        {
            while (true)
            {
                HardwareChange change;
                try
                {
                    change = await reader.NextAsync(ct);
                }
                catch (OperationCanceledException)
                {
                    yield break;
                }

                yield return change;
            }
        }
        finally
        {
            lock (_gate)
            {
                _readers.Remove(reader);
            }
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    private sealed class Reader
    {
        private readonly Channel<HardwareChange> _waiting =
            Channel.CreateBounded<HardwareChange>(new BoundedChannelOptions(Depth) { FullMode = BoundedChannelFullMode.Wait });

        private int _missed;

        public void Offer(HardwareChange change)
        {
            if (!_waiting.Writer.TryWrite(change))
            {
                Volatile.Write(ref _missed, 1);
            }
        }

        public async ValueTask<HardwareChange> NextAsync(CancellationToken ct)
        {
            if (!_waiting.Reader.TryRead(out HardwareChange change))
            {
                // What was missed is told once the rest is read: a look at everything then is a look at the latest.
                if (Interlocked.Exchange(ref _missed, 0) is not 0)
                {
                    return new HardwareChange(HardwareChangeKind.Overrun, null);
                }

                change = await _waiting.Reader.ReadAsync(ct);
            }

            return change;
        }
    }
}
