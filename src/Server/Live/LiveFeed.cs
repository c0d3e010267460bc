using System.Collections.Immutable;
using Fleet.Server.Live.News;
using Fleet.Web;

namespace Fleet.Server.Live;

/// <summary>
/// Tells whoever listens that something of a topic changed. A burst becomes one notice per topic and window: the first is told
/// at once, what follows within the window is told together at its end. What this server says is told to the others, after whatever of the database they
/// have to read for it; what they say is told here and no further.
/// </summary>
internal sealed class LiveFeed(IFleetNews news, TimeProvider time) : ILiveFeed, IDisposable
{
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Topic> _topics = [];
    private ImmutableArray<Action<LiveChange>> _listeners = [];
    private bool _disposed;

    /// <summary>Calls <paramref name="onChange"/> on a thread of the feed's choice; it must not block.</summary>
    public IDisposable Subscribe(Action<LiveChange> onChange)
    {
        lock (_gate)
        {
            _listeners = _listeners.Add(onChange);
        }

        return new Subscription(this, onChange);
    }

    /// <summary>Says that something of the topic changed. Cheap; callable from anywhere.</summary>
    public void Publish(string topic) => Publish(topic, own: true);

    /// <summary>Another server says that something of the topic changed.</summary>
    public void Hear(string topic) => Publish(topic, own: false);

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _listeners = [];
            foreach (Topic topic in _topics.Values)
            {
                topic.Timer?.Dispose();
            }
        }
    }

    private void Publish(string topic, bool own)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            if (!_topics.TryGetValue(topic, out Topic? state))
            {
                state = new Topic();
                state.Timer = time.CreateTimer(_ => WindowEnded(topic, state), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _topics.Add(topic, state);
            }

            if (state.Open)
            {
                state.Pending = true;
                state.Own |= own;
                return;
            }

            state.Open = true;
            state.Timer!.Change(Window, Timeout.InfiniteTimeSpan);
        }

        Tell(topic, own);
    }

    private void WindowEnded(string topic, Topic state)
    {
        bool own;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            state.Open = state.Pending;
            if (!state.Pending)
            {
                return;
            }

            state.Pending = false;
            own = state.Own;
            state.Own = false;
            state.Timer!.Change(Window, Timeout.InfiniteTimeSpan);
        }

        Tell(topic, own);
    }

    private void Tell(string topic, bool own)
    {
        if (own)
        {
            news.Publish(NewsKind.Topic, topic);
        }

        foreach (Action<LiveChange> listener in _listeners)
        {
            listener(new LiveChange(topic));
        }
    }

    private sealed class Topic
    {
        public ITimer? Timer { get; set; }

        public bool Open { get; set; }

        public bool Pending { get; set; }

        public bool Own { get; set; }
    }

    private sealed class Subscription(LiveFeed feed, Action<LiveChange> onChange) : IDisposable
    {
        public void Dispose()
        {
            lock (feed._gate)
            {
                feed._listeners = feed._listeners.Remove(onChange);
            }
        }
    }
}
