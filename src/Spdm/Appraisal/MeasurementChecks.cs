using System.Buffers.Binary;
using System.Globalization;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Appraisal;

/// <summary>What was measured against what is known: secure version numbers, reference values, device mode.</summary>
internal static class MeasurementChecks
{
    private const byte TypeMask = 0x7F;
    private const byte DeviceModeType = 5;
    private const byte SecureVersionType = 7;
    private const uint NormalOperation = 4;

    public static CheckResult Rollback(Reading reading)
    {
        List<(byte Index, ulong Value)> numbers = [];
        foreach (MeasurementBlock block in reading.Blocks)
        {
            if (TrySecureVersion(block, out ulong value))
            {
                numbers.Add((block.Index, value));
            }
        }

        byte? missing = reading.History.SecureVersions.Keys.Where(index => numbers.All(number => number.Index != index)).Select(index => (byte?)index).FirstOrDefault();
        (byte Index, ulong Value)? back = numbers.Where(number => number.Value < reading.History.SecureVersions.GetValueOrDefault(number.Index)).Select(number => ((byte, ulong)?)number).FirstOrDefault();
        (CheckOutcome outcome, string seen) = !reading.Verified || reading.Blocks.IsEmpty ? (CheckOutcome.NotApplicable, "No verified measurements.")
            : back is { } number ? (CheckOutcome.Fail, Text($"Secure version number 0x{number.Index:x2} is {number.Value}; it was {reading.History.SecureVersions[number.Index]}: firmware was rolled back."))
            : missing is { } index ? (CheckOutcome.Fail, Text($"Secure version number 0x{index:x2} was measured before and is gone."))
            : numbers.Count == 0 ? (CheckOutcome.NotApplicable, "The device measures no secure version number.")
            : (CheckOutcome.Pass, string.Join("; ", numbers.Select(n => Text($"0x{n.Index:x2} is {n.Value}"))) + ".");
        return new(AppraisalCheck.Rollback, outcome, seen);
    }

    public static CheckResult Measurements(Reading reading)
    {
        (CheckOutcome outcome, string seen) = !reading.Verified || reading.Blocks.IsEmpty ? (CheckOutcome.Unproven, "No verified measurements.")
            : reading.Policy.References.IsEmpty ? (CheckOutcome.Unproven, "There are no reference values for this device.")
            : FirstDifference(reading) is { } difference ? (CheckOutcome.Fail, difference)
            : Unknown(reading) is { } unknown
                ? (reading.Policy.UnknownIndex == UnknownIndex.Fail ? CheckOutcome.Fail : CheckOutcome.Unproven, Text($"No rule speaks of measurement 0x{unknown.Index:x2} ({Describe(unknown)})."))
            : (CheckOutcome.Pass, $"{reading.Blocks.Length} measurements are those of the reference values.");
        return new(AppraisalCheck.Measurements, outcome, seen);
    }

    private static string? FirstDifference(Reading reading)
    {
        foreach (ReferenceRule rule in reading.Policy.References)
        {
            MeasurementBlock? block = reading.Blocks.FirstOrDefault(candidate => candidate.Index == rule.Index);
            if (block is null ? rule.Required : !Holds(rule, block, reading.Negotiated!))
            {
                return block is null
                    ? Text($"Measurement 0x{rule.Index:x2} is missing.")
                    : Text($"Measurement 0x{rule.Index:x2} is {Describe(block)}, which is not {Expected(rule)}.");
            }
        }

        return null;
    }

    public static bool Holds(ReferenceRule rule, MeasurementBlock block, Negotiated negotiated) =>
        (rule.Type is null || rule.Type == (block.Type & TypeMask)) && rule.Kind switch
        {
            ReferenceKind.Ignore => true,
            ReferenceKind.AnyOf => Digest(block, negotiated) is { } digest && rule.Values.Any(value => value.Span.SequenceEqual(digest)),
            ReferenceKind.Raw => block.IsRaw && rule.Values.Any(value => value.Span.SequenceEqual(block.Value.Span)),
            ReferenceKind.Mask => block.IsRaw && rule.Values.Length == 1 && EqualUnder(rule.Mask.Span, rule.Values[0].Span, block.Value.Span),
            ReferenceKind.SvnMin => TrySecureVersion(block, out ulong number) && number >= rule.Minimum,
            _ => false,
        };

    private static byte[]? Digest(MeasurementBlock block, Negotiated negotiated) => !block.IsRaw ? block.Value.ToArray()
        : negotiated.MeasurementHashSize == 0 ? null
        : SpdmAlgorithms.Hash(negotiated.Selection.MeasurementHash >> 1, block.Value.Span);

    private static bool EqualUnder(ReadOnlySpan<byte> mask, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> value)
    {
        bool equal = mask.Length == value.Length && expected.Length == value.Length;
        for (int i = 0; equal && i < value.Length; i++)
        {
            equal = ((expected[i] ^ value[i]) & mask[i]) == 0;
        }

        return equal;
    }

    private static MeasurementBlock? Unknown(Reading reading) => reading.Policy.UnknownIndex == UnknownIndex.Allow
        ? null
        : reading.Blocks.FirstOrDefault(block => reading.Policy.References.All(rule => rule.Index != block.Index));

    public static CheckResult DeviceMode(Reading reading)
    {
        List<MeasurementBlock> modes = [.. reading.Blocks.Where(block => (block.Type & TypeMask) == DeviceModeType)];
        (CheckOutcome outcome, string seen) = !reading.Verified || modes.Count == 0
            ? (CheckOutcome.NotApplicable, "The device gives no verified device mode.")
            : modes.Select(mode => ModeProblem(mode, reading.Policy)).FirstOrDefault(problem => problem is not null) is { } problem
                ? (CheckOutcome.Fail, problem)
                : (CheckOutcome.Pass, "Normal operation, no debugging now or before, as far as the policy asks.");
        return new(AppraisalCheck.DeviceMode, outcome, seen);
    }

    private static string? ModeProblem(MeasurementBlock block, AppraisalPolicy policy)
    {
        if (!block.IsRaw || block.Value.Length != 16)
        {
            return Text($"The device mode 0x{block.Index:x2} is not raw or not of 16 bytes.");
        }

        uint operation = BinaryPrimitives.ReadUInt32LittleEndian(block.Value.Span[4..]);
        uint debug = BinaryPrimitives.ReadUInt32LittleEndian(block.Value.Span[12..]);
        return policy.RequireNormalMode && operation != NormalOperation ? Text($"The device does not operate normally: its operational state is 0x{operation:x}.")
            : policy.ForbidDebug && debug != 0 ? Text($"Debugging is or was active: the device mode state is 0x{debug:x}.")
            : null;
    }

    private static bool TrySecureVersion(MeasurementBlock block, out ulong number)
    {
        number = 0;
        if ((block.Type & TypeMask) != SecureVersionType || !block.IsRaw || block.Value.Length != 8)
        {
            return false;
        }

        number = BinaryPrimitives.ReadUInt64LittleEndian(block.Value.Span);
        return true;
    }

    private static string Describe(MeasurementBlock block)
    {
        string hex = Convert.ToHexStringLower(block.Value.Span[..Math.Min(block.Value.Length, 16)]);
        return $"{(block.IsRaw ? "raw " : "digest ")}{hex}{(block.Value.Length > 16 ? "…" : "")}";
    }

    private static string Expected(ReferenceRule rule) => rule.Kind switch
    {
        ReferenceKind.SvnMin => $"a secure version number of at least {rule.Minimum}",
        ReferenceKind.AnyOf => $"one of {rule.Values.Length} digests known",
        _ => "the value known",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
