using System.Globalization;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Appraisal;

/// <summary>Version, algorithms and capabilities: that nothing was talked down.</summary>
internal static class NegotiationChecks
{
    private const uint FreshFlag = 1u << 5;

    public static CheckResult Version(Reading reading)
    {
        (CheckOutcome outcome, string seen) = Version(reading, reading.Negotiated);
        return new(AppraisalCheck.Version, outcome, seen);
    }

    private static (CheckOutcome Outcome, string Seen) Version(Reading reading, Negotiated? negotiated)
    {
        if (negotiated is null || reading.Conversation.Versions is not { } versions)
        {
            return (CheckOutcome.Unproven, "Nothing was negotiated.");
        }

        SpdmVersion version = negotiated.Version;
        SpdmVersion? best = versions.Best(reading.Request.Plan.Negotiations.Select(negotiation => negotiation.Version));
        if (version != best)
        {
            return (CheckOutcome.Fail, $"{Name(version)} was negotiated, {(best is { } b ? Name(b) : "none")} is the best in common.");
        }

        if (version < reading.Policy.MinimumVersion)
        {
            return (CheckOutcome.Fail, $"{Name(version)} is below {Name(reading.Policy.MinimumVersion)}, which the policy requires.");
        }

        if (reading.History.Version is { } before && version < before)
        {
            return (CheckOutcome.Fail, $"{Name(version)} was negotiated; the device has spoken {Name(before)} before.");
        }

        // Before 1.2 a signature over measurements covers neither version nor algorithms; the challenge does, and binds the measurements by their summary.
        return version >= SpdmVersion.V12 || (reading.Challenge is not null && reading.Verified && reading.SummaryMatches == true)
            ? (CheckOutcome.Pass, $"{Name(version)}, the best in common.")
            : (CheckOutcome.Unproven, $"{Name(version)} binds measurements only by a challenge with a summary of them all.");
    }

    public static CheckResult Algorithms(Reading reading)
    {
        (CheckOutcome outcome, string seen) = Algorithms(reading, reading.Negotiated);
        return new(AppraisalCheck.Algorithms, outcome, seen);
    }

    private static (CheckOutcome Outcome, string Seen) Algorithms(Reading reading, Negotiated? negotiated)
    {
        if (negotiated is null)
        {
            return (CheckOutcome.Unproven, "Nothing was negotiated.");
        }

        PlanNegotiation? planned = reading.Request.Plan.Negotiations.FirstOrDefault(negotiation => negotiation.Version == negotiated.Version);
        string selected = $"{SpdmAlgorithms.SignatureName(negotiated.Selection.BaseAsym)} with {SpdmAlgorithms.DigestName(negotiated.Selection.BaseHash)}";
        return planned is null || reading.Conversation.Vca.Span.IndexOf(planned.Algorithms.Span) < 0 ? (CheckOutcome.Fail, "What was offered is not what the plan offers.")
            : negotiated.Problem is { } problem ? (CheckOutcome.Fail, problem)
            : (negotiated.Selection.BaseAsym & reading.Policy.Signatures) == 0 ? (CheckOutcome.Fail, $"{selected}: the policy does not take such signatures.")
            : (negotiated.Selection.BaseHash & reading.Policy.Hashes) == 0 ? (CheckOutcome.Fail, $"{selected}: the policy does not take this hash.")
            : (CheckOutcome.Pass, $"{selected}.");
    }

    public static CheckResult Capabilities(Reading reading)
    {
        (CheckOutcome outcome, string seen) = Capabilities(reading, reading.Negotiated);
        return new(AppraisalCheck.Capabilities, outcome, seen);
    }

    private static (CheckOutcome Outcome, string Seen) Capabilities(Reading reading, Negotiated? negotiated)
    {
        if (negotiated is null)
        {
            return (CheckOutcome.Unproven, "Nothing was negotiated.");
        }

        bool signs = negotiated.MeasurementCapability == 2;
        bool fresh = (negotiated.Responder.Flags & FreshFlag) != 0;
        return reading.History.SignedBefore && !signs ? (CheckOutcome.Fail, "The device signed measurements before and says now that it cannot.")
            : reading.Policy.RequireSignedMeasurements && !signs ? (CheckOutcome.Fail, "The device does not sign measurements, which the policy requires.")
            : reading.Policy.RequireSignedMeasurements && reading.Measured is null ? (CheckOutcome.Unproven, "Signed measurements are required and not part of the evidence.")
            : reading.Policy.RequireChallenge && reading.Challenge is null ? (CheckOutcome.Unproven, "A challenge is required and not part of the evidence.")
            : reading.Policy.RequireFresh && !fresh ? (CheckOutcome.Fail, "The device measures at boot only; the policy requires measurements taken anew.")
            : (CheckOutcome.Pass, string.Create(CultureInfo.InvariantCulture, $"Flags 0x{negotiated.Responder.Flags:x8}; measurements {(signs ? "signed" : "unsigned")}, {(fresh ? "taken anew" : "of boot")}."));
    }

    private static string Name(SpdmVersion version) => $"1.{(byte)version & 0xF}";
}
