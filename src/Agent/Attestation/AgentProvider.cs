using System.Globalization;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Attestation;

/// <summary>The agent of this host, asked over its socket: it drives the mailbox, the command that asks appraises.</summary>
internal sealed class AgentProvider(LocalClient client, TimeProvider time) : IEvidenceProvider
{
    public string Name => "doe";

    /// <exception cref="LocalApiException">There is no agent, or it does not do that.</exception>
    public async Task<AttestationRun> RunAsync(AttestationRequest request, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        AttestationJob job = JobPlan.Write(request.Plan, Guid.CreateVersion7(now).ToString("N"), request.Function, request.Mailbox, now + request.Limit, request.Limit);
        EvidenceReport report = await client.PostAsync<EvidenceReport>("/v1/attest", job, ct);
        return new()
        {
            Provider = report.Provider,
            Place = report.Mailbox is { } offset ? string.Create(CultureInfo.InvariantCulture, $"{report.Function} mailbox 0x{offset:x3}") : $"{report.Function}",
            End = report.End,
            Detail = report.Detail ?? "Every step of the plan was done.",
            Messages = [.. report.Messages.Select(message => new RunMessage(
                message.Direction == EvidenceDirection.Request, Convert.FromBase64String(message.Bytes), message.Secured,
                TimeSpan.FromMicroseconds(message.AtMicroseconds)))],
            Took = TimeSpan.FromMicroseconds(report.Messages.Count > 0 ? report.Messages[^1].AtMicroseconds : 0),
            Mailbox = report.Mailbox,
            Quiet = report.Quiet,
        };
    }
}
