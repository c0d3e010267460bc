namespace Fleet.Broker;

/// <summary>Tells whether anybody wrote into the mailboxes of one device past their queue since the watch began.</summary>
public sealed class QuietWatch
{
    private readonly MailboxFaults _faults;
    private readonly IReadOnlyList<(BrokeredFunction Function, Mailbox Mailbox, Presence Before)> _watched;

    internal QuietWatch(MailboxFaults faults, IEnumerable<(BrokeredFunction Function, Mailbox Mailbox)> mailboxes)
    {
        _faults = faults;
        _watched = [.. mailboxes.Select(at => (at.Function, at.Mailbox, faults.Before(at.Mailbox)))];
    }

    /// <summary>Who was seen doing so, as one sentence; null when nobody was, as far as intercepts and sensors see.</summary>
    public string? Disturbance()
    {
        foreach ((BrokeredFunction function, Mailbox mailbox, Presence before) in _watched)
        {
            if (_faults.Intruder(function, mailbox, before) is { } intruder)
            {
                return $"{intruder} wrote into {MailboxEvents.Place(function, mailbox)} past its queue.";
            }
        }

        return null;
    }
}
