using System.Globalization;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>A mount of sysfs that somebody uses.</summary>
/// <param name="Pid">A process that sees it.</param>
/// <param name="Comm">Its name.</param>
/// <param name="Mountpoint">Where, in that process's mount namespace.</param>
/// <param name="OwnNamespace">Whether it is in the agent's mount namespace.</param>
/// <param name="SameFiles">False for a sysfs of another network namespace: its files are others, with the same devices behind them.</param>
/// <param name="Bound">Whether config files are bound over there.</param>
internal sealed record SysfsMount(int Pid, string Comm, string Mountpoint, bool OwnNamespace, bool SameFiles, bool Bound)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Mountpoint} as {Comm} (pid {Pid}) sees it{(OwnNamespace ? "" : ", in another mount namespace")}{(SameFiles ? "" : ", of another network namespace")}{(Bound ? ", bound over" : "")}");
}
