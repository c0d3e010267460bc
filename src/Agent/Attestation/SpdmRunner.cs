// What is in this room: the agent's part of attestation. It carries a plan out over a transport and returns raw bytes; it concludes nothing.
// A new way to a responder is another ISpdmTransport.
using Fleet.Spdm.Requesting;

namespace Fleet.Agent.Attestation;

/// <summary>Carries out a plan: the requester says what and when, the transport carries it, the clock is waited on here.</summary>
internal static class SpdmRunner
{
    public static async Task<AttestationRun> RunAsync(AttestationPlan plan, ISpdmTransport transport, TimeProvider time, CancellationToken ct)
    {
        Requester requester = new(plan);
        List<EvidenceMessage> messages = [];
        long start = time.GetTimestamp();
        RequesterEnd? lost = null;
        while (lost is null && requester.Turn is { } turn)
        {
            if (turn.Delay > TimeSpan.Zero)
            {
                await Task.Delay(turn.Delay, time, ct);
            }

            messages.Add(new(true, turn.Request, turn.IsSecured, time.GetElapsedTime(start)));
            try
            {
                ReadOnlyMemory<byte> response = await transport.ExchangeAsync(turn.Request, turn.IsSecured, turn.Patience, ct);
                messages.Add(new(false, response, turn.IsSecured, time.GetElapsedTime(start)));
                requester.Take(response);
            }
            catch (SpdmTransportException e)
            {
                lost = new(RequesterFailure.Transport, e.Message);
            }
        }

        return new(messages, lost ?? requester.End!, time.GetElapsedTime(start));
    }
}
