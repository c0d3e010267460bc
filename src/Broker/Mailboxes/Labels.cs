using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>Names of outcomes as metrics, records and filters have them.</summary>
internal static class Labels
{
    public const string Succeeded = "ok";
    public const string Disturbed = "disturbed";

    /// <summary>"ok", or the failure in lower case with hyphens.</summary>
    public static string Of(DoeOutcome outcome) => outcome.Failure is { } failure ? Of(failure) : Succeeded;

    public static string Of(DoeFailure failure) =>
        string.Concat(failure.ToString().Select((c, i) => char.IsAsciiLetterUpper(c) && i > 0 ? "-" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}
