using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>Names of outcomes as metrics, records and filters have them.</summary>
internal static class Labels
{
    public const string Succeeded = "ok";
    public const string Disturbed = "disturbed";
    public const string Interleaved = "interleaved";
    public const string Discarded = "discarded";

    /// <summary>What can go wrong at a mailbox.</summary>
    public static IReadOnlyList<string> Faults =>
    [
        .. Failures.Select(Of), Disturbed, Interleaved, Discarded,
    ];

    /// <summary>Outcomes of an exchange that are the mailbox's fault, not the caller's.</summary>
    public static IReadOnlyList<DoeFailure> Failures { get; } =
    [
        DoeFailure.BusyAtEntry, DoeFailure.UnreadResponse, DoeFailure.ErrorLatched, DoeFailure.Timeout, DoeFailure.ForeignResponse,
        DoeFailure.LengthMismatch, DoeFailure.Underflow, DoeFailure.AbortFailed, DoeFailure.Malformed,
    ];

    /// <summary>"ok", or the failure in lower case with hyphens.</summary>
    public static string Of(DoeOutcome outcome) => outcome.Failure is { } failure ? Of(failure) : Succeeded;

    public static string Of(DoeFailure failure) =>
        string.Concat(failure.ToString().Select((c, i) => char.IsAsciiLetterUpper(c) && i > 0 ? "-" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}
