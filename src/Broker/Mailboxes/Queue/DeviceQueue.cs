using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>
/// Who waits for the mailboxes of one device, who has a turn at each, and who holds the device's stateful features. One lock for
/// all of it: a hold concerns every mailbox in front of the same responder.
/// <para>
/// Order: the most urgent first, where waiting makes urgent; among equally urgent ones the caller that was served least recently,
/// so that one with many requests takes turns with one that has few; then by arrival.
/// </para>
/// </summary>
internal sealed class DeviceQueue : IDisposable
{
    private const int MostWaiting = 1_024;

    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiting = [];
    private readonly Dictionary<Mailbox, Waiter> _turns = [];
    private readonly Dictionary<CallerKey, long> _served = [];
    private readonly BrokerOptions _options;
    private readonly TimeProvider _time;
    private readonly HoldSlot _hold;
    private readonly ITimer _timer;
    private long _number;

    public DeviceQueue(PciAddress device, BrokerOptions options, HoldEvents events, TimeProvider time)
    {
        _options = options;
        _time = time;
        _hold = new HoldSlot(device, options, events, time);
        _timer = time.CreateTimer(_ => Change(() => { }), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The hold in force.</summary>
    public HoldFacts? Hold
    {
        get
        {
            lock (_gate)
            {
                return _hold.Current?.Facts(_waiting.Count(w => !_hold.Admits(w.Request)));
            }
        }
    }

    /// <summary>Waits for a turn (or a hold) until its deadline. Completed at once when nobody is in the way.</summary>
    public ValueTask<Turn> EnterAsync(TurnRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Waiter? waiter = null;
        Change(() =>
        {
            if (_waiting.Count < MostWaiting)
            {
                waiter = new Waiter(request, ++_number, _time.GetTimestamp(), Ahead(request));
                _waiting.Add(waiter);
            }
        });
        return waiter is null ? new(new Turn(TurnOutcome.Full, request, TimeSpan.Zero, null))
            : waiter.Granted ? new(new Turn(TurnOutcome.Granted, request, TimeSpan.Zero, waiter.Ahead))
            : WaitAsync(waiter, ct);
    }

    /// <summary>Gives a turn back.</summary>
    public void Leave(Turn turn) => Change(() =>
    {
        if (turn.Request.Mailbox is { } mailbox && _turns.Remove(mailbox))
        {
            _hold.Leave(turn.Request);
        }
    });

    /// <summary>The mailbox is gone: those who wait for it need not.</summary>
    public void Retire(Mailbox mailbox) => Change(() =>
    {
        foreach (Waiter waiter in _waiting.FindAll(w => w.Request.Mailbox == mailbox))
        {
            _waiting.Remove(waiter);
            waiter.Complete(TurnOutcome.Retired);
        }
    });

    /// <summary>Ends the hold if it is this one; its own holder ends it, anybody else takes it away.</summary>
    public void EndHold(string id, bool byHolder, string why) => Change(() =>
    {
        if (_hold.Current?.Id == id)
        {
            if (byHolder)
            {
                _hold.End(why);
            }
            else
            {
                _hold.Revoke(why);
            }
        }
    });

    /// <summary>Ends the hold of a process that has ended.</summary>
    public void Expire(Func<Caller, bool> ended) => Change(() =>
    {
        if (_hold.Current is { } hold && ended(hold.Caller))
        {
            _hold.End("its process has ended.");
        }
    });

    public void Dispose() => _timer.Dispose();

    private async ValueTask<Turn> WaitAsync(Waiter waiter, CancellationToken ct)
    {
        TimeSpan limit = _options.ExchangeWait + (waiter.Request.Stateful ? _options.HoldMost : TimeSpan.Zero);
        using CancellationTokenSource deadline = new(limit, _time);
        using CancellationTokenRegistration late = deadline.Token.UnsafeRegister(_ => Withdraw(waiter), null);
        using CancellationTokenRegistration stopped = ct.UnsafeRegister(_ => Withdraw(waiter), null);
        TurnOutcome outcome = await waiter.Done;
        if (outcome is TurnOutcome.TooLate)
        {
            ct.ThrowIfCancellationRequested();
        }

        return new Turn(outcome, waiter.Request, _time.GetElapsedTime(waiter.Since), waiter.Ahead);
    }

    private void Withdraw(Waiter waiter)
    {
        bool waited = false;
        Change(() => waited = _waiting.Remove(waiter));
        if (waited)
        {
            waiter.Complete(TurnOutcome.TooLate);
        }
    }

    /// <summary>Every change of the queue comes by here: then turns are given to whom they are due, and what happened is told.</summary>
    private void Change(Action change)
    {
        IReadOnlyList<Action> untold;
        lock (_gate)
        {
            change();
            TimeSpan? due = _hold.Check(HolderIsActive());
            while (GiveTurn())
            {
                due = _hold.Check(HolderIsActive());
            }

            if ((_waiting.Count is 0 && _turns.Count is 0) || _served.Count > MostWaiting)
            {
                _served.Clear();
            }

            _timer.Change(due ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            untold = _hold.TakeUntold();
        }

        foreach (Action tell in untold)
        {
            tell();
        }
    }

    private bool GiveTurn()
    {
        // A holder that begins anew has ended its conversation: whoever waits for one may go first.
        if (_waiting.Exists(w => _hold.IsOutlived(w.Request)) && _waiting.Exists(w => !_hold.Admits(w.Request)) && !HolderIsActive())
        {
            _hold.End("its holder begins another conversation.");
        }

        Waiter? next = null;
        foreach (Waiter waiter in _waiting)
        {
            if (MayGo(waiter.Request) && (next is null || IsBefore(waiter, next)))
            {
                next = waiter;
            }
        }

        if (next is null)
        {
            return false;
        }

        _waiting.Remove(next);
        _served[next.Request.Key] = ++_number;
        if (next.Request.Mailbox is { } mailbox)
        {
            _turns[mailbox] = next;
        }

        _hold.Enter(next.Request);
        next.Complete(TurnOutcome.Granted);
        return true;
    }

    private bool IsBefore(Waiter left, Waiter right)
    {
        long now = _time.GetTimestamp();
        long urgency = left.Urgency(_time.GetElapsedTime(left.Since, now)) - right.Urgency(_time.GetElapsedTime(right.Since, now));
        long served = _served.GetValueOrDefault(left.Request.Key) - _served.GetValueOrDefault(right.Request.Key);
        return urgency is not 0 ? urgency > 0 : served is not 0 ? served < 0 : left.Number < right.Number;
    }

    private bool MayGo(TurnRequest request) =>
        (request.Mailbox is null || !_turns.ContainsKey(request.Mailbox))
        && _hold.Admits(request)
        && !(request.Stateful && StatefulTurnOfAnother(request.Key) is not null);

    private Waiter? StatefulTurnOfAnother(CallerKey key)
    {
        foreach (Waiter turn in _turns.Values)
        {
            if (turn.Request.Stateful && turn.Request.Key != key)
            {
                return turn;
            }
        }

        return null;
    }

    private bool HolderIsActive()
    {
        foreach (Waiter turn in _turns.Values)
        {
            if (turn.Request.Stateful && turn.Request.Key == _hold.Current?.Key)
            {
                return true;
            }
        }

        return false;
    }

    private Caller? Ahead(TurnRequest request) =>
        request.Mailbox is { } mailbox && _turns.TryGetValue(mailbox, out Waiter? turn) ? turn.Request.Caller
        : !_hold.Admits(request) ? _hold.Current?.Caller
        : request.Stateful ? StatefulTurnOfAnother(request.Key)?.Request.Caller
        : null;
}
