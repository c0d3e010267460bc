using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Agent.Attestation;

/// <summary>
/// A responder behind a DOE mailbox, through the broker's queue. It holds the device's stateful features from the first message to the
/// last, so that no other client of the broker can begin a conversation in between, and watches whether anybody goes around the broker.
/// </summary>
internal sealed class MailboxSpdmTransport : ISpdmTransport, IDisposable
{
    private readonly HostBroker _broker;
    private readonly PciAddress _function;
    private readonly int _offset;
    private readonly Caller _caller;
    private readonly HoldFacts _hold;
    private readonly QuietWatch _quiet;
    private string? _disturbance;

    private MailboxSpdmTransport(HostBroker broker, PciAddress function, int offset, Caller caller, HoldFacts hold)
    {
        _broker = broker;
        _function = function;
        _offset = offset;
        _caller = caller;
        _hold = hold;
        _quiet = broker.WatchQuiet(function);
        Place = $"{function} mailbox 0x{offset:x3}";
    }

    public string Place { get; }

    /// <summary>Who was seen writing into a mailbox of the device past the queue; null when nobody was: then the mailbox was quiet.</summary>
    public string? Disturbance => _disturbance ??= _quiet.Disturbance();

    /// <summary>When the hold ends at the latest.</summary>
    public DateTimeOffset Ends => _hold.Ends;

    /// <summary>Waits for the device and holds it until disposed.</summary>
    /// <param name="broker">The way to the mailbox.</param>
    /// <param name="function">The function.</param>
    /// <param name="offset">Offset of its mailbox.</param>
    /// <param name="caller">Whose conversation it is.</param>
    /// <param name="reason">Why, for whoever meets the hold.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="SpdmTransportException">The device was not to be had; the message says who has it.</exception>
    public static async Task<MailboxSpdmTransport> OpenAsync(HostBroker broker, PciAddress function, int offset, Caller caller, string reason, CancellationToken ct)
    {
        HoldOutcome outcome = await broker.HoldAsync(function, caller, reason, null, ExchangePriority.Urgent, ct);
        return outcome is { Succeeded: true, Hold: { } hold }
            ? new(broker, function, offset, caller, hold)
            : throw new SpdmTransportException($"{function} cannot be held for a conversation: {outcome.Detail}");
    }

    // The mailbox has limits of its own, a second to be free and one to answer (PCI Express, 6.30): whoever needs longer says ResponseNotReady.
    public async Task<ReadOnlyMemory<byte>> ExchangeAsync(ReadOnlyMemory<byte> message, bool secured, TimeSpan patience, CancellationToken ct)
    {
        if (!_broker.Holds().Any(hold => hold.Id == _hold.Id))
        {
            throw new SpdmTransportException($"The hold on {_hold.Device} ended before the conversation did; what would come next could be in another's.");
        }

        DoeFeature feature = secured ? DoeFeature.SecuredCmaSpdm : DoeFeature.CmaSpdm;
        DoeOutcome outcome = await _broker.ExchangeAsync(_function, _offset, feature, message, _caller, ExchangePriority.Urgent, ct);
        if (outcome.Disturbed)
        {
            _disturbance ??= $"Somebody wrote into the {Place} past its queue while it was asked.";
        }

        return outcome.Succeeded ? outcome.Payload : throw new SpdmTransportException($"The {Place} gave no response ({outcome.Failure}): {outcome.Detail}");
    }

    public void Dispose() => _broker.EndHold(_hold.Id, _caller);
}
