using Fleet.Agent.Attestation;
using Fleet.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Agent.Uplink;

/// <summary>Sends evidence, beside the events: it has nonces that expire, and a storm of events must not stand before it.</summary>
internal sealed class EvidencePump(EvidenceSpool spool, string hostName, Backoff backoff, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    /// <summary>Runs until the connection or the token ends.</summary>
    public async Task RunAsync(Func<EvidenceReport, CancellationToken, Task<EvidenceAcknowledgement?>> push, CancellationToken ct)
    {
        while (true)
        {
            if (spool.Peek() is not { } report)
            {
                await spool.WaitAsync(ct);
            }
            else if (await TryPushAsync(report, push, ct))
            {
                spool.Acknowledge(report.Job);
                backoff.Reset();
            }
            else
            {
                // The server's store is full, or restarts: it keeps, and events and states go on.
                TimeSpan pause = ShortestPause + backoff.Next();
                log.EvidenceWaits(hostName, report.Job, pause.TotalSeconds);
                await Task.Delay(pause, time, ct);
            }
        }
    }

    private async Task<bool> TryPushAsync(EvidenceReport report, Func<EvidenceReport, CancellationToken, Task<EvidenceAcknowledgement?>> push, CancellationToken ct)
    {
        EvidenceAcknowledgement acknowledgement;
        try
        {
            acknowledgement = await push(report, ct) ?? throw new LinkException("The server answered evidence with null.");
        }
        catch (HubException e)
        {
            log.EvidenceNotTaken(hostName, report.Job, e.Message);
            return false;
        }

        return acknowledgement.Job == report.Job
            ? true
            : throw new LinkException($"The server acknowledged the evidence of {acknowledgement.Job}; {report.Job}'s was sent.");
    }
}
