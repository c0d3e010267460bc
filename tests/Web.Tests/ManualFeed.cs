namespace Fleet.Web.Tests;

/// <summary>A feed that a test drives.</summary>
internal sealed class ManualFeed : ILiveFeed
{
    private readonly List<Action<LiveChange>> _listeners = [];

    public int Listeners => _listeners.Count;

    public void Change(string topic)
    {
        foreach (Action<LiveChange> listener in _listeners.ToArray())
        {
            listener(new LiveChange(topic));
        }
    }

    public IDisposable Subscribe(Action<LiveChange> onChange)
    {
        _listeners.Add(onChange);
        return new Subscription(() => _listeners.Remove(onChange));
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
