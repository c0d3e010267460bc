using Fleet.Spdm.Evidence;

namespace Fleet.Spdm.Appraisal;

/// <summary>Lengths, bounds, waiting and errors: whether the evidence is well-formed at all.</summary>
internal static class BoundChecks
{
    private const int MaxBytes = 1 << 20;
    private const int MaxMessages = 4096;
    private const int MaxBlocks = 254;

    /// <summary>Why evidence is not read at all; null where it is.</summary>
    public static string? Excess(IReadOnlyList<RawMessage> messages)
    {
        long bytes = messages.Sum(message => (long)message.Bytes.Length);
        return bytes > MaxBytes || messages.Count > MaxMessages ? $"The evidence has {messages.Count} messages of {bytes} bytes; {MaxMessages} and {MaxBytes} are taken." : null;
    }

    public static CheckResult Lengths(Reading reading) => reading.Conversation switch
    {
        { Fault: { } fault, Refusal: null } => new(AppraisalCheck.Lengths, CheckOutcome.Fail, fault),
        _ when reading.Request.Messages.Count == 0 => new(AppraisalCheck.Lengths, CheckOutcome.NotApplicable, "There is no message."),
        _ => new(AppraisalCheck.Lengths, CheckOutcome.Pass, $"All {reading.Request.Messages.Count} messages are as long as their fields say."),
    };

    public static CheckResult Bounds(Reading reading)
    {
        int depth = reading.Chain?.Depth ?? 0;
        return reading.Blocks.Length > MaxBlocks
            ? new(AppraisalCheck.Bounds, CheckOutcome.Fail, $"There are {reading.Blocks.Length} measurements; {MaxBlocks} are taken.")
            : new(AppraisalCheck.Bounds, CheckOutcome.Pass, $"{reading.Request.Messages.Sum(message => message.Bytes.Length)} bytes, {depth} certificates, {reading.Blocks.Length} measurements.");
    }

    public static CheckResult Waiting(Reading reading)
    {
        int allowed = reading.Request.Plan.Budget.Delays;
        int delays = reading.Conversation.Delays;
        return new(AppraisalCheck.Waiting, delays <= allowed ? CheckOutcome.Pass : CheckOutcome.Unproven, $"The responder put {delays} answers off; {allowed} are allowed.");
    }

    public static CheckResult Errors(Reading reading) => reading.Conversation switch
    {
        { Refusal: { } refusal, Fault: { } fault } => new(AppraisalCheck.Errors, CheckOutcome.Unproven, $"The responder refused with {refusal.Name}: {fault}"),
        { Restarts: > 1 } twice => new(AppraisalCheck.Errors, CheckOutcome.Fail, $"The conversation began anew {twice.Restarts} times."),
        { Restarts: 1 } => new(AppraisalCheck.Errors, CheckOutcome.Pass, "The conversation began anew once; what was before does not count."),
        _ => new(AppraisalCheck.Errors, CheckOutcome.Pass, "There is no ERROR in it but delays."),
    };
}
