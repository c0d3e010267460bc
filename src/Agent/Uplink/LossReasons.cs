namespace Fleet.Agent.Uplink;

/// <summary>Why an event never reached the spool or left it unsent; also the values of the metric's label.</summary>
internal static class LossReasons
{
    public const string QueueFull = "queue-full";
    public const string DiskFailed = "disk-failed";
    public const string SpoolFull = "spool-full";
    public const string SpoolDamaged = "spool-damaged";
    public const string SpoolRestored = "spool-restored";
    public const string UncleanStop = "unclean-stop";

    public static IReadOnlyList<string> All { get; } = [QueueFull, DiskFailed, SpoolFull, SpoolDamaged, SpoolRestored, UncleanStop];

    public static string Explain(string reason) => reason switch
    {
        QueueFull => "they came faster than the disk took them",
        DiskFailed => "the disk did not take them; see the agent's log for why",
        SpoolFull => "the spool was full because the server did not take events for too long",
        SpoolDamaged => "the spool's file was damaged; what of it cannot be read is lost, and the agent's log says whether it was put aside",
        SpoolRestored => "the spool's file is older than what the server has of it: a backup was put in its place",
        UncleanStop => "the agent ended without stopping (it was killed, or the power failed), and what it had not written yet ended with it",
        _ => reason,
    };
}
