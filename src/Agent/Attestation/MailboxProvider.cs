using System.Collections.Concurrent;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Agent.Attestation;

/// <summary>SPDM over mailboxes of this host: one run at a time for a device, a few for the host. A mailbox that is not the broker's is left to its owner.</summary>
internal sealed class MailboxProvider(HostBroker broker, TimeProvider time) : IEvidenceProvider, IDisposable
{
    /// <summary>Runs at a time; each is some ten exchanges, so more would only stand in line for the processor.</summary>
    public const int MostRuns = 4;

    private readonly KernelProvider _kernel = new(broker);
    private readonly SemaphoreSlim _host = new(MostRuns, MostRuns);
    private readonly ConcurrentDictionary<PciAddress, SemaphoreSlim> _devices = new();

    public string Name => "doe";

    public async Task<AttestationRun> RunAsync(AttestationRequest request, CancellationToken ct)
    {
        PciAddress function = request.Function;
        if (FindMailbox(function, request.Mailbox, out string problem) is not { } mailbox)
        {
            return AttestationRun.Without(Name, $"{function}", EvidenceEnd.Unsupported, problem) with { Mailbox = request.Mailbox };
        }

        if (mailbox.Owner is not "broker")
        {
            return await _kernel.RunAsync(request with { Mailbox = mailbox.Offset }, ct);
        }

        long start = time.GetTimestamp();
        using CancellationTokenSource limit = new(request.Limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using IDisposable device = await TakeAsync(_devices.GetOrAdd(broker.DeviceOf(function), _ => new(1, 1)), either.Token);
            using IDisposable place = await TakeAsync(_host, either.Token);
            using MailboxSpdmTransport transport = await MailboxSpdmTransport.OpenAsync(broker, function, mailbox.Offset, request.Caller, request.Reason, either.Token);
            AttestationRun run = await SpdmRunner.RunAsync(request.Plan, Name, transport, time, Left(request.Limit, start), ct);
            return run with { Mailbox = mailbox.Offset, Disturbance = transport.Disturbance, Quiet = transport.Disturbance is null };
        }
        catch (SpdmTransportException e)
        {
            return Without(EvidenceEnd.Unavailable, e.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Without(EvidenceEnd.Late, $"The time for it was over before {function} was free.");
        }

        AttestationRun Without(EvidenceEnd end, string why) =>
            AttestationRun.Without(Name, $"{function}", end, why) with { Mailbox = mailbox.Offset, Took = time.GetElapsedTime(start) };
    }

    public void Dispose()
    {
        _host.Dispose();
        foreach (SemaphoreSlim device in _devices.Values)
        {
            device.Dispose();
        }
    }

    /// <summary>The mailbox at the offset, or the one that speaks SPDM; the only one there is where nobody knows yet what it speaks.</summary>
    private MailboxFacts? FindMailbox(PciAddress function, int? offset, out string problem)
    {
        MailboxFacts[] there = [.. broker.Mailboxes(function).Where(mailbox => offset is null || mailbox.Offset == offset)];
        problem = !broker.TryGet(function, out _) ? $"There is no function {function} on this host."
            : there.Length == 0 ? $"{function} has no mailbox{(offset is { } at ? $" at 0x{at:x3}" : "")}."
            : $"No mailbox of {function} is known to speak {DoeFeature.CmaSpdm}; 'fleet-agent doe discover' asks them.";
        return there.FirstOrDefault(mailbox => mailbox.Features.Contains(DoeFeature.CmaSpdm.ToString()))
            ?? (there.Length == 1 && there[0].Features.Count == 0 ? there[0] : null);
    }

    private TimeSpan Left(TimeSpan limit, long start)
    {
        TimeSpan left = limit - time.GetElapsedTime(start);
        return limit == Timeout.InfiniteTimeSpan ? limit : left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static async Task<IDisposable> TakeAsync(SemaphoreSlim places, CancellationToken ct)
    {
        await places.WaitAsync(ct);
        return new Place(places);
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
