using Fleet.Contracts;

namespace Fleet.Simulator.Load;

/// <summary>How a server shows the hosts of a run.</summary>
/// <param name="Listed">Hosts of the run that it lists, each once.</param>
/// <param name="Live">Those that it shows as live.</param>
/// <param name="Duplicates">Those whose machine id it says to be another's as well.</param>
/// <param name="RightClocks">Those whose clock it shows to be off by what it is off.</param>
internal sealed record HostsShown(int Listed, int Live, int Duplicates, int RightClocks)
{
    // A report waits its turn on a busy machine, and for as long the clock seems to be behind.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    public static HostsShown Of(IEnumerable<HostView> shown, IEnumerable<LoadHost> hosts)
    {
        Dictionary<HostId, LoadHost> known = hosts.Where(host => host.Identity is not null).DistinctBy(host => host.Identity!.Host).ToDictionary(host => host.Identity!.Host);
        HostView[] ours = [.. shown.Where(view => known.ContainsKey(view.Id))];
        return new HostsShown(
            ours.Length,
            ours.Count(view => view.State is "live"),
            ours.Count(view => view.DuplicateMachineId),
            ours.Count(view => view.ClockOffsetSeconds is { } seconds && (TimeSpan.FromSeconds(seconds) - known[view.Id].Skew).Duration() <= Tolerance));
    }
}
