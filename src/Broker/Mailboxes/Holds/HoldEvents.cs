using System.Collections.Concurrent;
using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>Says when holds begin and end, and notes it in the journal.</summary>
internal sealed class HoldEvents(IEventSink sink, IntervalLog intervals, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, int> _noted = new(StringComparer.Ordinal);

    public void Granted(HoldFacts hold)
    {
        _noted[hold.Id] = intervals.Begin(IntervalKind.Hold, hold.Device, 0, 0, hold.Caller);
        Publish(EventKinds.HoldGranted, hold, string.Create(
            CultureInfo.InvariantCulture,
            $"{Name(hold.Caller)} holds the stateful features of {hold.Device} until {hold.Ends:HH:mm:ss}Z at the latest: {hold.Reason ?? "it began a conversation."}"));
    }

    public void Ended(HoldFacts hold, string why)
    {
        Close(hold);
        Publish(EventKinds.HoldEnded, hold, Sentence(hold, "ended", why));
    }

    public void Revoked(HoldFacts hold, string why)
    {
        Close(hold);
        Publish(EventKinds.HoldRevoked, hold, Sentence(hold, "was revoked", why));
    }

    private void Close(HoldFacts hold)
    {
        if (_noted.TryRemove(hold.Id, out int interval))
        {
            intervals.End(interval);
        }
    }

    private static string Sentence(HoldFacts hold, string verb, string why) => string.Create(
        CultureInfo.InvariantCulture, $"The hold of {Name(hold.Caller)} on {hold.Device} {verb} after {hold.Exchanges} exchanges: {why}");

    private static string Name(Caller caller) => string.Create(CultureInfo.InvariantCulture, $"{caller.Comm} (pid {caller.Pid}, uid {caller.Uid})");

    private void Publish(string kind, HoldFacts hold, string detail) => sink.Publish(new FleetEvent
    {
        Time = time.GetUtcNow(),
        Kind = kind,
        Function = hold.Device,
        Caller = hold.Caller,
        Detail = detail,
    });
}
