using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Attestation;

internal static partial class Log
{
    [LoggerMessage(1700, LogLevel.Information, "Attestation {Job} of {Function}: {End}. {Detail}")]
    public static partial void JobDone(this ILogger logger, string job, PciAddress function, EvidenceEnd end, string detail);

    [LoggerMessage(1701, LogLevel.Error, "Attestation {Job} of {Function} failed in the agent; the server will show it as unanswered")]
    public static partial void JobFailed(this ILogger logger, string job, PciAddress function, Exception e);

    [LoggerMessage(1702, LogLevel.Warning, "The attestation '{Job}' is not carried out: {Reason}")]
    public static partial void JobRefused(this ILogger logger, string job, string reason);

    [LoggerMessage(1703, LogLevel.Error, "The evidence in {Path} is lost to the server: {Reason}. It was put aside")]
    public static partial void EvidenceUnreadable(this ILogger logger, string path, string reason);

    [LoggerMessage(1704, LogLevel.Error, "{Reason} Attestations are refused while this is so; the agent decides on")]
    public static partial void EvidenceRefused(this ILogger logger, string reason);

    [LoggerMessage(1705, LogLevel.Information, "There is room for evidence again")]
    public static partial void EvidenceTaken(this ILogger logger);

    [LoggerMessage(1706, LogLevel.Warning, "{Path} cannot be deleted now: {Reason}")]
    public static partial void EvidenceRoomKept(this ILogger logger, string path, string reason);
}
