namespace Fleet.Web;

/// <summary>Tells pages that something they show has changed. The server implements it: one feed, filtered by the circuit's principal.</summary>
public interface ILiveFeed
{
    /// <summary>Calls back on every change until disposed. The callback must not block; it comes on any thread.</summary>
    IDisposable Subscribe(Action<LiveChange> onChange);
}
