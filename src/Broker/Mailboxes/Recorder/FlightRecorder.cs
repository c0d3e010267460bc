using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>
/// Keeps the last exchanges of every mailbox and freezes them when something goes wrong. Headers, timing and who; payloads only
/// where the host's operator asked for them, as they may be secret.
/// </summary>
public sealed class FlightRecorder
{
    // A mailbox that fails a hundred times a second is one story, not a hundred.
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    private readonly BrokerOptions _options;
    private readonly TimeProvider _time;
    private readonly BundleStore _store;
    private readonly Func<PciAddress, int, ExchangeTape?> _tapeOf;
    private readonly Lock _gate = new();
    private readonly Dictionary<(PciAddress, int), long> _frozen = [];

    internal FlightRecorder(BrokerOptions options, Func<PciAddress, int, ExchangeTape?> tapeOf, TimeProvider time)
    {
        _options = options;
        _time = time;
        _tapeOf = tapeOf;
        _store = new BundleStore(options.RecorderDirectory, options.RecordedBundles);
    }

    /// <summary>The last exchanges of a mailbox, oldest first; none when there is no such mailbox.</summary>
    public IReadOnlyList<RecordedExchange> Recent(PciAddress address, int offset) => _tapeOf(address, offset)?.Read() ?? [];

    /// <summary>The bundles kept, oldest first; those of earlier lives of the agent too.</summary>
    public IReadOnlyList<RecordedBundle> Frozen() => _store.Read();

    internal void Add(
        BrokeredFunction function, Mailbox mailbox, ExchangeRequest request, DateTimeOffset queued, Turn turn, DoeOutcome outcome, string? label = null)
    {
        bool driven = turn.Granted;
        mailbox.Tape.Add(new RecordedExchange
        {
            Number = 0,
            Function = function.Address,
            Offset = mailbox.Offset,
            Feature = request.Feature.ToString(),
            Caller = request.Caller,
            Way = request.Way,
            Priority = request.Priority,
            Queued = queued,
            WaitedMilliseconds = turn.Waited.TotalMilliseconds,
            TookMilliseconds = outcome.Elapsed.TotalMilliseconds,
            RequestDwords = DoeObject.DwordsFor(request.Payload.Length),
            ResponseDwords = outcome.Succeeded ? DoeObject.DwordsFor(outcome.Payload.Length) : 0,
            Cycles = driven ? mailbox.Space!.Cycles : 0,
            Polls = driven ? mailbox.Space!.Polls : 0,
            Outcome = label ?? Labels.Of(outcome),
            Detail = outcome.Detail,
            Disturbed = outcome.Disturbed,
            Request = _options.RecordPayloads ? Convert.ToHexStringLower(request.Payload.Span) : null,
            Response = _options.RecordPayloads && outcome.Succeeded ? Convert.ToHexStringLower(outcome.Payload) : null,
        });
    }

    /// <summary>Freezes a mailbox's tape; answers what an event should add: the bundle's name, or nothing when one was frozen just before.</summary>
    internal string Freeze(BrokeredFunction function, Mailbox mailbox, string fault, string cause, IReadOnlyList<RecordedIntrusion> intrusions)
    {
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            (PciAddress, int) place = (function.Address, mailbox.Offset);
            if (_frozen.TryGetValue(place, out long last) && _time.GetElapsedTime(last, now) < Between)
            {
                return "";
            }

            _frozen[place] = now;
        }

        DateTimeOffset time = _time.GetUtcNow();
        RecordedBundle bundle = new()
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{time:yyyyMMdd'T'HHmmssfff}-{Guid.CreateVersion7(time).ToString("N")[^8..]}"),
            Time = time,
            Function = function.Address,
            Offset = mailbox.Offset,
            Fault = fault,
            Cause = cause,
            Exchanges = mailbox.Tape.Read(),
            Intrusions = intrusions,
        };
        return _store.TryAdd(bundle, out string? problem)
            ? $" Recorded as {bundle.Id}."
            : $" Recorded as {bundle.Id}, in memory alone: {problem}";
    }
}
