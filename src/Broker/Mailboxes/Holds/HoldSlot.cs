using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>
/// The one hold a device can have, and the rules by which it begins and ends. Used under the queue's lock; what is to be told is
/// kept until the lock is left.
/// </summary>
internal sealed class HoldSlot(PciAddress device, BrokerOptions options, HoldEvents events, TimeProvider time)
{
    private readonly List<Action> _untold = [];

    public Hold? Current { get; private set; }

    /// <summary>Whether a request may pass as far as the hold goes.</summary>
    public bool Admits(TurnRequest request) => !request.Stateful || Current is null || Current.Key == request.Key;

    /// <summary>Whether this request is the holder's own beginning of another conversation, by which the one before is over.</summary>
    public bool IsOutlived(TurnRequest request) =>
        Current is { Requested: false } hold && hold.Key == request.Key && request.Conversation is Conversation.Opens;

    /// <summary>A request has its turn: it may begin a hold.</summary>
    public void Enter(TurnRequest request)
    {
        bool wanted = request.Mailbox is null;
        if (!wanted && (request.Conversation is not Conversation.Opens || Current is not null))
        {
            return;
        }

        if (Current is not null)
        {
            End("its holder asked for another one.");
        }

        DateTimeOffset now = time.GetUtcNow();
        TimeSpan most = wanted && request.Most > TimeSpan.Zero && request.Most < options.HoldMost ? request.Most : options.HoldMost;
        Current = new Hold(Guid.CreateVersion7(now).ToString("N"), device, request, now, time.GetTimestamp(), most);
        HoldFacts facts = Current.Facts(0);
        _untold.Add(() => events.Granted(facts));
    }

    /// <summary>The holder's request is over.</summary>
    public void Leave(TurnRequest request)
    {
        if (Current is not { } hold || hold.Key != request.Key || !request.Stateful)
        {
            return;
        }

        hold.Exchanges++;
        hold.Used = time.GetTimestamp();
        if (request.Conversation is Conversation.Closes && !hold.Requested)
        {
            End("its holder closed the session.");
        }
    }

    /// <summary>Ends the hold when its time is up; says when to look again. Never within an exchange of the holder.</summary>
    public TimeSpan? Check(bool active)
    {
        if (Current is not { } hold || active)
        {
            return null;
        }

        TimeSpan left = hold.Most - time.GetElapsedTime(hold.Began);
        TimeSpan idle = hold.Requested ? left : options.HoldIdle - time.GetElapsedTime(hold.Used);
        if (left <= TimeSpan.Zero)
        {
            if (hold.Requested)
            {
                End("its time was up.");
            }
            else
            {
                Revoke($"it lasted {hold.Most.TotalSeconds:0} s, which is the most.");
            }

            return null;
        }

        if (idle <= TimeSpan.Zero)
        {
            End($"its holder used it for the last time {options.HoldIdle.TotalSeconds:0} s before.");
            return null;
        }

        return idle < left ? idle : left;
    }

    public void End(string why) => Drop(facts => events.Ended(facts, why));

    public void Revoke(string why) => Drop(facts => events.Revoked(facts, why));

    /// <summary>What is to be told since the last time; call it outside of the lock.</summary>
    public IReadOnlyList<Action> TakeUntold()
    {
        if (_untold.Count is 0)
        {
            return [];
        }

        Action[] untold = [.. _untold];
        _untold.Clear();
        return untold;
    }

    private void Drop(Action<HoldFacts> tell)
    {
        if (Current is { } hold)
        {
            Current = null;
            HoldFacts facts = hold.Facts(0);
            _untold.Add(() => tell(facts));
        }
    }
}
