using System.Globalization;
using System.Text;
using Fleet.Agent.Commands;
using Fleet.Contracts;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Messages;

namespace Fleet.Agent.Attestation;

/// <summary>What the attest command shows: the verdict, its checks, the measurements and the raw messages.</summary>
internal sealed record AttestationReport
{
    public required string Responder { get; init; }

    public required string Verdict { get; init; }

    public string? Failure { get; init; }

    public required string Detail { get; init; }

    /// <summary>Whether nobody else was seen on the mailbox meanwhile; null where that cannot be told.</summary>
    public bool? Quiet { get; init; }

    public string? Version { get; init; }

    public string? Algorithms { get; init; }

    public string? DeviceName { get; init; }

    public string? FunctionName { get; init; }

    /// <summary>SHA-256 of the hardware identity certificate.</summary>
    public string? DeviceKey { get; init; }

    public required string EvidenceHash { get; init; }

    public required double Milliseconds { get; init; }

    public required IReadOnlyList<Check> Checks { get; init; }

    public required IReadOnlyList<Measurement> Measurements { get; init; }

    public required IReadOnlyList<Message> Messages { get; init; }

    public static AttestationReport Of(AttestationRun run, AppraisalResult result) => new()
    {
        Responder = run.Place,
        Verdict = Word(result.Verdict.ToString()),
        Failure = run.End == EvidenceEnd.Complete ? null : Word(run.End.ToString()),
        Quiet = run.Quiet,
        Detail = run.Disturbance is { } disturbance ? $"{run.Detail} {disturbance}" : run.Detail,
        Version = result.Negotiated is { } negotiated ? $"1.{(byte)negotiated.Version & 0xF}" : null,
        Algorithms = result.Negotiated is { Selection: var selection }
            ? $"{SpdmAlgorithms.SignatureName(selection.BaseAsym)}, {SpdmAlgorithms.DigestName(selection.BaseHash)}"
            : null,
        DeviceName = result.DeviceName,
        FunctionName = result.CmaName,
        DeviceKey = result.DeviceKey.IsEmpty ? null : Convert.ToHexStringLower(result.DeviceKey.Span),
        EvidenceHash = Convert.ToHexStringLower(result.EvidenceHash.Span),
        Milliseconds = Math.Round(run.Took.TotalMilliseconds, 1),
        Checks = [.. result.Checks.Select(check => new Check(Word(check.Check.ToString()), Word(check.Outcome.ToString()), check.Seen))],
        Measurements = [.. result.Blocks.Select(Measurement.Of)],
        Messages =
        [
            .. run.Messages.Select(message => new Message(
                message.IsRequest ? "request" : "response", Convert.ToHexStringLower(message.Bytes.Span), Math.Round(message.At.TotalMilliseconds, 1))),
        ],
    };

    public string ToText()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Responder}: {Verdict}").AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"SPDM {Version ?? "?"}, {Algorithms ?? "no algorithms"}; {Messages.Count(m => m.Direction == "request")} exchanges in {Milliseconds:0.0} ms. {Detail}").AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"Device {DeviceName ?? "unnamed"}, key {DeviceKey ?? "not verified"}").AppendLine().AppendLine();
        text.Append(TextTable.Write(["CHECK", "OUTCOME", "SEEN"], Checks.Select(check => new[] { check.Name, check.Outcome, check.Seen })));
        if (Measurements.Count > 0)
        {
            text.AppendLine().Append(TextTable.Write(["INDEX", "TYPE", "FORM", "VALUE"], Measurements.Select(m => new[] { m.Index, m.Type, m.Form, Shorten(m.Value) })));
        }

        return text.ToString();
    }

    private static string Shorten(string value) => value.Length > 64 ? value[..64] + "…" : value;

    private static string Word(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    internal sealed record Check(string Name, string Outcome, string Seen);

    internal sealed record Message(string Direction, string Bytes, double AtMilliseconds);

    internal sealed record Measurement(string Index, string Type, string Form, string Value)
    {
        public static Measurement Of(MeasurementBlock block) => new(
            string.Create(CultureInfo.InvariantCulture, $"0x{block.Index:x2}"),
            (block.Type & 0x7F) switch
            {
                0 => "immutable ROM",
                1 => "mutable firmware",
                2 => "hardware configuration",
                3 => "firmware configuration",
                4 => "manifest",
                5 => "device mode",
                6 => "firmware version",
                7 => "secure version number",
                8 => "hash-extend",
                9 => "informational",
                10 => "structured manifest",
                _ => string.Create(CultureInfo.InvariantCulture, $"type 0x{block.Type & 0x7F:x2}"),
            },
            block.IsRaw ? "raw" : "digest",
            Convert.ToHexStringLower(block.Value.Span));
    }
}
