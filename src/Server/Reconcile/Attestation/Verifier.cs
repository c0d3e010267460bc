using System.Collections.Immutable;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Server.Reconcile.Attestation;

/// <summary>Gathers what an appraisal depends on, and runs it. It changes nothing.</summary>
internal sealed class Verifier(HostDirectory hosts, FleetViews views, ChainVerifier chains, TimeProvider time)
{
    /// <summary>The values of a list that count for a function now.</summary>
    public ReferenceValues? ValuesFor(FunctionId function, ImmutableArray<ReferenceValues> values) =>
        hosts.TryGet(function.Host, out HostRecord? host) && views.Function(host, function.Address) is { } view
            ? ReferenceCatalog.For(values, view, time.GetUtcNow())
            : null;

    public async Task<Verification> RunAsync(
        FleetDb db, AttestationRow row, EvidenceRow evidence, DeviceStanding standing, ImmutableArray<ReferenceValues> all, CancellationToken ct)
    {
        FunctionId function = new(row.Host, PciAddress.Parse(row.Address));
        ReferenceValues? values = ValuesFor(function, all);
        BaselineRow? baseline = await db.Set<BaselineRow>().FindAsync([row.Host, row.Address], ct);
        ImmutableArray<ReferenceRule> rules = Rules(values, baseline);
        AppraisalPolicy policy = (values?.Policy ?? new AppraisalPolicy()) with { References = rules };

        // The evidence is read back from what is stored: the bytes that are appraised are those that are kept.
        EvidenceReport report = JsonSerializer.Deserialize<EvidenceReport>(evidence.Report, FleetJson.Options)!;
        IReadOnlyList<RawMessage> messages = EvidenceWire.Read(report, out string? refusal);
        AttestationPlan plan = JobWire.Read(Attestations.Job(row));
        FunctionFacts? facts = hosts.TryGet(row.Host, out HostRecord? host) ? host.Functions.FirstOrDefault(found => found.Address == function.Address) : null;
        string? identity = null;
        AppraisalResult result = Appraise(shown =>
        {
            identity = shown;
            return null;
        });

        // Which identity is shown only the appraisal says; one that is pinned elsewhere is appraised again as what it is.
        if (identity is not null && await PinnedIdentities.ElsewhereAsync(db, identity, function, ct) is { } other)
        {
            result = Appraise(_ => $"{other.Address} on {HostName(other.Host)}");
        }

        return new Verification(function, HostName(row.Host), plan, messages, report, refusal, rules, new Judgement(row.Id, evidence.Received, values, result, evidence.Nonces));

        AppraisalResult Appraise(Func<string, string?> knownElsewhere) => Appraiser.Appraise(
            new AppraisalRequest(messages, plan, policy, Standings.History(standing, facts, knownElsewhere), evidence.Nonces, evidence.Received), chains);
    }

    // What reference values leave open, a pinned baseline fills: it never overrules them.
    private static ImmutableArray<ReferenceRule> Rules(ReferenceValues? values, BaselineRow? baseline)
    {
        ImmutableArray<ReferenceRule> given = values?.Policy.References ?? [];
        return baseline?.Pinned is null
            ? given
            : [.. given, .. ReferenceReader.ReadRules(baseline.Rules).Where(rule => given.All(other => other.Index != rule.Index))];
    }

    private string HostName(HostId id) => hosts.TryGet(id, out HostRecord? host) ? host.Name : id.ToString();
}
