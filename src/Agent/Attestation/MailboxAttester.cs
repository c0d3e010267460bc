using System.Collections.Concurrent;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;
using Fleet.Spdm.Requesting;

namespace Fleet.Agent.Attestation;

/// <summary>Carries plans out over mailboxes of this host: one run at a time for a device, a few for the host.</summary>
internal sealed class MailboxAttester(HostBroker broker, TimeProvider time) : IDisposable
{
    /// <summary>Runs at a time; each is some ten exchanges, so more would only stand in line for the processor.</summary>
    public const int MostRuns = 4;

    private readonly SemaphoreSlim _host = new(MostRuns, MostRuns);
    private readonly ConcurrentDictionary<PciAddress, SemaphoreSlim> _devices = new();

    /// <summary>Runs a plan when its turn comes. How it went is in the run; nothing but the token ends it with an exception.</summary>
    /// <param name="plan">What to ask.</param>
    /// <param name="function">The function to attest.</param>
    /// <param name="offset">Offset of the mailbox; null for the one that speaks SPDM.</param>
    /// <param name="caller">Whose conversation it is.</param>
    /// <param name="reason">Why, for whoever meets the hold.</param>
    /// <param name="until">When it must be over; null for as long as a hold lasts.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<AttestationRun> RunAsync(
        AttestationPlan plan, PciAddress function, int? offset, Caller caller, string reason, DateTimeOffset? until, CancellationToken ct)
    {
        long start = time.GetTimestamp();
        if (FindMailbox(function, offset, out string problem) is not { } mailbox)
        {
            return Lost(problem);
        }

        using CancellationTokenSource limit = new(Left(until), time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using IDisposable device = await TakeAsync(_devices.GetOrAdd(broker.DeviceOf(function), _ => new(1, 1)), either.Token);
            using IDisposable place = await TakeAsync(_host, either.Token);
            using MailboxSpdmTransport transport = await MailboxSpdmTransport.OpenAsync(broker, function, mailbox, caller, reason, either.Token);
            TimeSpan left = Left(until is { } end && end < transport.Ends ? end : transport.Ends);
            AttestationRun run = await SpdmRunner.RunAsync(plan, transport, time, left, ct);
            return run with { Mailbox = mailbox, Disturbance = transport.Disturbance, Place = transport.Place };
        }
        catch (SpdmTransportException e)
        {
            return Lost(e.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Lost($"The time for it was over before {function} was free.");
        }

        AttestationRun Lost(string why) => new([], new(RequesterFailure.Transport, why), time.GetElapsedTime(start)) { Mailbox = offset, Place = $"{function}" };
    }

    public void Dispose()
    {
        _host.Dispose();
        foreach (SemaphoreSlim device in _devices.Values)
        {
            device.Dispose();
        }
    }

    /// <summary>The mailbox at the offset, or the one that speaks SPDM; where none is known to, the only one there is.</summary>
    private int? FindMailbox(PciAddress function, int? offset, out string problem)
    {
        MailboxFacts[] there = [.. broker.Mailboxes(function).Where(mailbox => offset is null || mailbox.Offset == offset)];
        MailboxFacts[] speakers = [.. there.Where(mailbox => mailbox.Features.Contains(DoeFeature.CmaSpdm.ToString()))];
        problem = there.Length == 0
            ? $"{function} has no mailbox{(offset is { } at ? $" at 0x{at:x3}" : "")}."
            : $"No mailbox of {function} is known to speak {DoeFeature.CmaSpdm}; 'fleet-agent doe discover' asks them, --mailbox says which one to take.";
        return speakers.Length > 0 ? speakers[0].Offset : there.Length == 1 && there[0].Features.Count == 0 ? there[0].Offset : null;
    }

    private TimeSpan Left(DateTimeOffset? until)
    {
        if (until is not { } end)
        {
            return Timeout.InfiniteTimeSpan;
        }

        TimeSpan left = end - time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1);
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
