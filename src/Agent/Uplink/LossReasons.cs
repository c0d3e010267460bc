namespace Fleet.Agent.Uplink;

/// <summary>Why an event never reached the spool; also the values of the metric's label.</summary>
internal static class LossReasons
{
    public const string QueueFull = "queue-full";
    public const string SpoolFull = "spool-full";
    public const string SpoolDamaged = "spool-damaged";

    public static IReadOnlyList<string> All { get; } = [QueueFull, SpoolFull, SpoolDamaged];

    public static string Explain(string reason) => reason switch
    {
        QueueFull => "they came faster than the disk took them",
        SpoolFull => "the spool was full because the server did not take events for too long",
        SpoolDamaged => "the spool's file was damaged and was put aside; see the agent's log for its new name",
        _ => reason,
    };
}
