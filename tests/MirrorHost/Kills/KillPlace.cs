namespace Fleet.MirrorHost.Kills;

/// <summary>What lies where in the directory of a trial.</summary>
internal static class KillPlace
{
    public const string MountType = "fleetkill";

    public static string Tree(string place) => Path.Combine(place, "tree");

    public static string Data(string place) => Path.Combine(place, "data");

    public static string Run(string place) => Path.Combine(place, "run");

    public static string Device(string place) => Path.Combine(place, "device.sock");

    public static string Events(string place) => Path.Combine(place, "events");

    public static string AgentSocket(string place) => Path.Combine(Run(place), "agent.sock");

    public static string Config(string place, string function) => Path.Combine(Tree(place), "devices", function, "config");
}
