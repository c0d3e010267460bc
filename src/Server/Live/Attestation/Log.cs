namespace Fleet.Server.Live.Attestation;

internal static partial class Log
{
    [LoggerMessage(3030, LogLevel.Error, "Revision {Number} of reference values {Name} cannot be read by this version; nothing is trusted by them: {Problem}")]
    public static partial void ReferenceUnreadable(this ILogger logger, string name, int number, string problem);
}
