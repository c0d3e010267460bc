using Fleet.Agent.Attestation;
using Fleet.Contracts;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Spdm;
using Fleet.Spdm.Requesting;

namespace Fleet.Simulator.Load;

/// <summary>Carries out the server's jobs against the simulator's SPDM responder: real keys, real signatures, the agent's own runner; only the mailbox's registers are left out.</summary>
internal sealed class LoadAttestation(VendorStore vendors, TimeProvider time) : IDisposable
{
    private const int MostRuns = 4; // As on a host; these share one processor.
    private readonly SemaphoreSlim _places = new(MostRuns, MostRuns);

    public async Task<EvidenceReport> RunAsync(AttestationJob job, string host, HostTemplate template, CancellationToken ct)
    {
        DateTimeOffset started = time.GetUtcNow();
        await _places.WaitAsync(ct);
        try
        {
            return AttestationJobs.ReportOf(job, await ConverseAsync(job, host, template, ct), started);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task<AttestationRun> ConverseAsync(AttestationJob job, string host, HostTemplate template, CancellationToken ct)
    {
        const string Provider = "doe";
        string place = $"{job.Function}";
        FunctionModel? model = template.Models.FirstOrDefault(known => known.Address == job.Function);
        if (model?.Mailboxes.FirstOrDefault(mailbox => mailbox.Spdm is not null && (job.Mailbox ?? mailbox.Offset) == mailbox.Offset) is not { } mailbox)
        {
            return AttestationRun.Without(Provider, place, EvidenceEnd.Unsupported, $"{place} has no mailbox that speaks SPDM.");
        }

        if (!JobPlan.TryRead(job, out AttestationPlan? plan, out string problem))
        {
            return AttestationRun.Without(Provider, place, EvidenceEnd.Unsupported, problem);
        }

        SpdmResponder responder = new(new ResponderOptions { Credentials = [vendors.Certify(model, host)] });
        TimeSpan limit = TimeSpan.FromMilliseconds(Math.Max(job.LifetimeMilliseconds, 0));
        AttestationRun run = await SpdmRunner.RunAsync(plan, Provider, new Direct(responder, place), time, limit, ct);
        return run with { Mailbox = mailbox.Offset, Quiet = true };
    }

    /// <summary>Whole dwords, as a mailbox carries them.</summary>
    private sealed class Direct(SpdmResponder responder, string place) : ISpdmTransport
    {
        public string Place => place;

        public Task<ReadOnlyMemory<byte>> ExchangeAsync(ReadOnlyMemory<byte> message, bool secured, TimeSpan patience, CancellationToken ct)
        {
            byte[] padded = [.. message.Span, .. new byte[-message.Length & 3]];
            byte[] answer = responder.Answer(padded);
            return Task.FromResult<ReadOnlyMemory<byte>>((byte[])[.. answer, .. new byte[-answer.Length & 3]]);
        }
    }
}
