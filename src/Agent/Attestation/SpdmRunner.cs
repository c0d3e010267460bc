// What is in this room: the agent's part of attestation. It carries a plan out over a transport and returns raw bytes; it concludes nothing.
// A new way to a responder is another ISpdmTransport with an IEvidenceProvider before it; AttestationJobs is what the server has to do with it.
using Fleet.Contracts;
using Fleet.Spdm.Requesting;

namespace Fleet.Agent.Attestation;

/// <summary>Carries out a plan: the requester says what and when, the transport carries it, the clock is waited on here.</summary>
internal static class SpdmRunner
{
    /// <summary>Runs to the plan's end or to the first thing that ends it; what was exchanged until then is in the run.</summary>
    /// <param name="plan">What to ask.</param>
    /// <param name="provider">The provider's name, for the run.</param>
    /// <param name="transport">The way to the responder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="limit">How long it may take; infinite for no limit but the plan's.</param>
    /// <param name="ct">Stops it with an exception.</param>
    public static async Task<AttestationRun> RunAsync(
        AttestationPlan plan, string provider, ISpdmTransport transport, TimeProvider time, TimeSpan limit, CancellationToken ct)
    {
        Requester requester = new(plan);
        List<RunMessage> messages = [];
        long start = time.GetTimestamp();
        using CancellationTokenSource late = new(limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        (EvidenceEnd End, string Detail)? lost = null;
        while (lost is null && requester.Turn is { } turn)
        {
            try
            {
                if (turn.Delay > TimeSpan.Zero)
                {
                    await Task.Delay(turn.Delay, time, either.Token);
                }

                messages.Add(new(true, turn.Request, turn.IsSecured, time.GetElapsedTime(start)));
                ReadOnlyMemory<byte> response = await transport.ExchangeAsync(turn.Request, turn.IsSecured, turn.Patience, either.Token);
                messages.Add(new(false, response, turn.IsSecured, time.GetElapsedTime(start)));
                requester.Take(response);
            }
            catch (SpdmTransportException e)
            {
                lost = (EvidenceEnd.Transport, e.Message);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                lost = (EvidenceEnd.Late, $"The conversation was not over after {limit.TotalSeconds:0.0} s.");
            }
        }

        return new()
        {
            Provider = provider,
            Place = transport.Place,
            End = lost?.End ?? AttestationRun.EndOf(requester.End!.Failure),
            Detail = lost?.Detail ?? requester.End!.Detail,
            Messages = messages,
            Took = time.GetElapsedTime(start),
        };
    }
}
