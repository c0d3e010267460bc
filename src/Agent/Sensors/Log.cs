namespace Fleet.Agent.Sensors;

internal static partial class Log
{
    [LoggerMessage(1900, LogLevel.Warning, "The sensor {Sensor} does not work here: {Reason}")]
    public static partial void SensorDoesNotWork(this ILogger logger, string sensor, string reason);

    [LoggerMessage(1901, LogLevel.Information, "The sensor {Sensor} works now")]
    public static partial void SensorWorksNow(this ILogger logger, string sensor);
}
