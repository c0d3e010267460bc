using System.Diagnostics.Metrics;
using Fleet.Contracts;
using Fleet.Server.Data.Events;
using Fleet.Server.Domain.Attestation;
using Fleet.Spdm.Appraisal;

namespace Fleet.Server.Live.Attestation;

/// <summary>What Prometheus learns of attestation. Labels are states and names of checks alone.</summary>
internal sealed class AttestationMetrics
{
    private const string None = "none";
    private readonly Counter<long> _attestations;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _unanswered;

    public AttestationMetrics(FleetMetrics metrics, AttestationViews views, DeviceDirectory devices, TimeProvider time)
    {
        Meter meter = metrics.Meter;
        _attestations = meter.CreateCounter<long>("pcifleet_attestations", description: "Attestations by verdict and the check it rests on");
        _failures = meter.CreateCounter<long>("pcifleet_attestation_check_failures", description: "Checks of evidence that failed, by check");
        _unanswered = meter.CreateCounter<long>("pcifleet_attestations_unanswered", description: "Attestations whose evidence did not come in time");
        meter.CreateObservableGauge("pcifleet_attested_functions", () => States(views), description: "Functions that can be attested, by state");
        meter.CreateObservableGauge(
            "pcifleet_quarantined_functions", () => devices.Devices.Count(device => device.Quarantined is not null), description: "Functions in quarantine");
        meter.CreateObservableGauge(
            "pcifleet_attestations_open", () => devices.Devices.Count(device => device.OpenUntil > time.GetUtcNow()), description: "Attestations under way");
        meter.CreateObservableGauge(
            "pcifleet_evidence_late_functions", views.Late, description: "Functions that can be attested without evidence that counts, or with one older than two intervals");
        meter.CreateObservableGauge(
            "pcifleet_evidence_oldest_timestamp_seconds", () => Oldest(devices), description: "When the oldest evidence was taken that a trusted standing rests on; absent without any");
    }

    /// <summary>Makes every known label set appear as 0; once, when somebody listens.</summary>
    public void Begin()
    {
        foreach (string check in Enum.GetValues<AppraisalCheck>().Select(ConversationText.Name))
        {
            _failures.Add(0, new KeyValuePair<string, object?>("check", check));
            _attestations.Add(0, new("verdict", "failed"), new("reason", check));
        }

        _attestations.Add(0, new("verdict", "trusted"), new("reason", None));
        _unanswered.Add(0);
    }

    public void Appraised(AppraisalResult result)
    {
        string reason = ConversationText.Decisive(result) is { } decisive ? ConversationText.Name(decisive.Check) : None;
        _attestations.Add(1, new("verdict", WireNames.Of(ConversationText.Of(result.Verdict))), new("reason", reason));
        foreach (CheckResult check in result.Checks.Where(check => check.Outcome is CheckOutcome.Fail))
        {
            _failures.Add(1, new KeyValuePair<string, object?>("check", ConversationText.Name(check.Check)));
        }
    }

    public void Unanswered() => _unanswered.Add(1);

    private static IEnumerable<Measurement<int>> States(AttestationViews views) =>
        views.Count().Select(pair => new Measurement<int>(pair.Value, new KeyValuePair<string, object?>("state", WireNames.Of(pair.Key))));

    private static IEnumerable<Measurement<double>> Oldest(DeviceDirectory devices)
    {
        DateTimeOffset[] taken = [.. devices.Devices.Where(device => device.Verdict is AttestationState.Trusted).Select(device => device.EvidenceAt).OfType<DateTimeOffset>()];
        return taken.Length is 0 ? [] : [new Measurement<double>(taken.Min().ToUnixTimeMilliseconds() / 1000.0)];
    }
}
