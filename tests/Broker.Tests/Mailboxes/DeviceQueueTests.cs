using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Broker.Tests.Mailboxes;

public sealed class DeviceQueueTests : IDisposable, IEventSink
{
    private readonly List<FleetEvent> _events = [];
    private readonly FakeTimeProvider _time = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("queue-");
    private readonly AccessJournal _journal;
    private readonly DeviceQueue _queue;
    private readonly Mailbox _mailbox = MakeMailbox(0x150);
    private readonly Mailbox _second = MakeMailbox(0x200);
    private CancellationToken _cancelled = TestContext.Current.CancellationToken;

    public DeviceQueueTests()
    {
        _journal = AccessJournal.Open(Path.Combine(_directory.FullName, "journal"), 64, _time);
        BrokerOptions options = new() { Ceiling = EnforcementMode.Enforce, JournalPath = "none" };
        _queue = new DeviceQueue(PciAddress.Parse("0000:01:00.0"), options, new HoldEvents(this, _journal.Intervals, _time), _time);
    }

    void IEventSink.Publish(FleetEvent fleetEvent) => _events.Add(fleetEvent);

    public void Dispose()
    {
        _queue.Dispose();
        _journal.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Enter_FreeMailbox_IsGrantedAtOnce()
    {
        ValueTask<Turn> entering = Enter(1);
        Assert.True(entering.IsCompletedSuccessfully);
        Turn turn = await entering;
        Assert.Equal((TurnOutcome.Granted, TimeSpan.Zero, null), (turn.Outcome, turn.Waited, turn.Ahead));
    }

    [Fact]
    public async Task Leave_SeveralWait_TheMostUrgentGoesFirst()
    {
        Turn first = await Enter(1);
        Task<Turn> background = Enter(2, ExchangePriority.Background).AsTask();
        Task<Turn> normal = Enter(3).AsTask();
        Task<Turn> urgent = Enter(4, ExchangePriority.Urgent).AsTask();

        Assert.Equal([urgent, normal, background], await OrderAsync(first, background, normal, urgent));
    }

    [Fact]
    public async Task Leave_OneCallerWithMany_TakesTurnsWithOneThatHasFew()
    {
        Turn first = await Enter(1);
        Task<Turn>[] many = [.. Enumerable.Range(0, 4).Select(_ => Enter(1).AsTask())];
        Task<Turn>[] few = [.. Enumerable.Range(0, 2).Select(_ => Enter(2).AsTask())];

        Task<Turn>[] order = await OrderAsync(first, [.. many, .. few]);

        Assert.Equal([few[0], many[0], few[1], many[1], many[2], many[3]], order);
    }

    [Fact]
    public async Task Leave_StreamOfUrgentOnes_DoesNotStarveTheOthers()
    {
        Turn turn = await Enter(1);
        Task<Turn> background = Enter(2, ExchangePriority.Background).AsTask();
        int passed = 0;
        while (!background.IsCompleted)
        {
            Task<Turn> urgent = Enter(3, ExchangePriority.Urgent).AsTask();
            _time.Advance(TimeSpan.FromMilliseconds(20));
            _queue.Leave(turn);
            turn = await await Task.WhenAny(background, urgent);
            passed++;
            Assert.InRange(passed, 1, 40);
        }

        Assert.InRange(passed, 10, 40); // Some 500 ms: two steps of priority.
    }

    [Fact]
    public async Task Enter_NoTurnBeforeTheDeadline_IsTooLateAndLeavesNothingBehind()
    {
        Turn first = await Enter(1);
        Task<Turn> plain = Enter(2).AsTask();
        Task<Turn> stateful = Enter(3, conversation: Conversation.Continues).AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TurnOutcome.TooLate, (await plain).Outcome);
        Assert.False(stateful.IsCompleted); // It may have to outwait a hold.
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((TurnOutcome.TooLate, 1), ((await stateful).Outcome, (await stateful).Ahead!.Pid));
        _queue.Leave(first);
        Assert.True((await Enter(4)).Granted);
    }

    [Fact]
    public async Task Enter_Cancelled_ThrowsAndGivesItsPlaceUp()
    {
        Turn first = await Enter(1);
        using CancellationTokenSource stop = new();
        _cancelled = stop.Token;
        Task<Turn> cancelled = Enter(2).AsTask();
        _cancelled = TestContext.Current.CancellationToken;
        Task<Turn> next = Enter(3).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _queue.Leave(first);
        Assert.True((await next).Granted);
    }

    [Fact]
    public async Task Enter_TooMany_IsRefusedAtOnce()
    {
        await Enter(1);
        Task<Turn>[] waiting = [.. Enumerable.Range(0, 1024).Select(n => Enter(n + 2).AsTask())];
        Assert.Equal(TurnOutcome.Full, (await Enter(9999)).Outcome);
        _queue.Retire(_mailbox);
        Assert.All(await Task.WhenAll(waiting), turn => Assert.Equal(TurnOutcome.Retired, turn.Outcome));
    }

    [Fact]
    public async Task Hold_FromGetVersion_KeepsOthersOutOfEveryMailboxButNotDiscovery()
    {
        await PassAsync(1, Conversation.Opens);
        Assert.Equal((1, false, 1L), (_queue.Hold!.Caller.Pid, _queue.Hold.Requested, _queue.Hold.Exchanges));

        Task<Turn> other = Enter(2, conversation: Conversation.Opens, mailbox: _second).AsTask();
        Task<Turn> middle = Enter(2, conversation: Conversation.Continues).AsTask();
        Assert.Equal(2, _queue.Hold.Waiting);
        await PassAsync(2, Conversation.None);
        await PassAsync(1, Conversation.Continues);
        Assert.False(other.IsCompleted || middle.IsCompleted);

        await PassAsync(1, Conversation.Closes);
        Assert.True((await other).Granted);
        Assert.Equal([EventKinds.HoldGranted, EventKinds.HoldEnded, EventKinds.HoldGranted], _events.Select(e => e.Kind));
        Assert.Contains("after 3 exchanges: its holder closed the session.", _events[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hold_TwoSecondsIdle_EndsAndTheNextGoesOn()
    {
        await PassAsync(1, Conversation.Opens);
        Task<Turn> other = Enter(2, conversation: Conversation.Opens).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1.9));
        await PassAsync(1, Conversation.Continues);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(other.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True((await other).Granted);
        Assert.Contains(_events, e => e.Kind == EventKinds.HoldEnded && e.Detail!.Contains("2 s before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hold_ThirtySecondsInAll_IsRevokedButNeverWithinAnExchange()
    {
        await PassAsync(1, Conversation.Opens);
        Task<Turn> other = Enter(2, conversation: Conversation.Opens).AsTask();
        for (int second = 0; second < 29; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await PassAsync(1, Conversation.Continues);
        }

        Turn last = await Enter(1, conversation: Conversation.Continues);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(other.IsCompleted);
        _queue.Leave(last);
        Assert.True((await other).Granted);
        Assert.Contains("30 s, which is the most", Assert.Single(_events, e => e.Kind == EventKinds.HoldRevoked).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hold_HolderBeginsAnew_LetsWhoWaitsGoFirst()
    {
        await PassAsync(1, Conversation.Opens);
        Task<Turn> other = Enter(2, conversation: Conversation.Opens).AsTask();
        Task<Turn> again = Enter(1, conversation: Conversation.Opens).AsTask();
        Assert.True((await other).Granted);
        Assert.False(again.IsCompleted);
        Assert.Equal(2, _queue.Hold!.Caller.Pid);
        _queue.Leave(await other);
        Assert.Equal(2, _queue.Hold!.Caller.Pid);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True((await again).Granted);
    }

    [Fact]
    public async Task Hold_ProcessEnded_EndsWithIt()
    {
        await PassAsync(1, Conversation.Opens);
        _queue.Expire(caller => caller.Pid is 1);
        Assert.Null(_queue.Hold);
        Assert.Contains("its process has ended", _events[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hold_AskedFor_OutlastsIdlingAndEndsByItsTime()
    {
        Turn asked = await Ask(1, TimeSpan.FromSeconds(10));
        Assert.True(asked.Granted);
        Assert.Equal(("repair", true), (_queue.Hold!.Reason, _queue.Hold.Requested));
        await PassAsync(1, Conversation.Closes); // A session ends, the hold goes on.
        Task<Turn> other = Enter(2, conversation: Conversation.Continues).AsTask();
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(other.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await other).Granted);
    }

    [Fact]
    public async Task Hold_AskedForWhileAnotherTalks_WaitsForTheEndOfIt()
    {
        Turn talk = await Enter(1, conversation: Conversation.Continues, mailbox: _second);
        Task<Turn> asked = Ask(2, TimeSpan.FromSeconds(10)).AsTask();
        Assert.False(asked.IsCompleted);
        _queue.Leave(talk);
        Assert.True((await asked).Granted);
        _queue.EndHold(_queue.Hold!.Id, byHolder: false, "root ended it.");
        Assert.Null(_queue.Hold);
        Assert.Equal(EventKinds.HoldRevoked, _events[^1].Kind);
    }

    [Fact]
    public async Task Enter_StatefulAtAnotherMailboxOfTheDevice_WaitsForTheFirst()
    {
        Turn first = await Enter(1, conversation: Conversation.Continues);
        Task<Turn> other = Enter(2, conversation: Conversation.Continues, mailbox: _second).AsTask();
        Assert.True((await Enter(3, mailbox: _second)).Granted);
        Assert.False(other.IsCompleted);
        Assert.Null(_queue.Hold);
        _queue.Leave(first);
        Assert.False(other.IsCompleted); // Its mailbox is taken.
    }

    private static Mailbox MakeMailbox(int offset) => new(new MailboxFacts { Offset = offset, Owner = "broker", OwnerReason = "test", State = "free" });

    private static Caller Process(int pid) => new() { Pid = pid, StartTime = (ulong)pid, Comm = $"tool{pid}" };

    private ValueTask<Turn> Enter(
        int pid, ExchangePriority priority = ExchangePriority.Normal, Conversation conversation = Conversation.None, Mailbox? mailbox = null) =>
        _queue.EnterAsync(new TurnRequest(mailbox ?? _mailbox, Process(pid), CallerKey.OfProcess(Process(pid)), priority, conversation), _cancelled);

    private ValueTask<Turn> Ask(int pid, TimeSpan most) => _queue.EnterAsync(
        new TurnRequest(null, Process(pid), CallerKey.OfProcess(Process(pid)), ExchangePriority.Normal, Conversation.Continues) { Reason = "repair", Most = most },
        TestContext.Current.CancellationToken);

    private async Task PassAsync(int pid, Conversation conversation) => _queue.Leave(await Enter(pid, conversation: conversation));

    /// <summary>In which order those who wait get their turn.</summary>
    private async Task<Task<Turn>[]> OrderAsync(Turn first, params Task<Turn>[] waiting)
    {
        List<Task<Turn>> order = [];
        List<Task<Turn>> left = [.. waiting];
        Turn turn = first;
        while (left.Count > 0)
        {
            _queue.Leave(turn);
            Task<Turn> next = await Task.WhenAny(left);
            Assert.Equal(1, left.Count(t => t.IsCompleted));
            left.Remove(next);
            order.Add(next);
            turn = await next;
        }

        return [.. order];
    }
}
