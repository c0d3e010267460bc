using Fleet.Server.Domain.Hosts;

namespace Fleet.Server.Live;

/// <summary>Which hosts share a machine id now. Looked at as things stand; nothing of it is stored, so nothing of it stays when the cause is gone.</summary>
internal sealed class MachineKin(HostDirectory directory, HostPresence presence, TimeProvider time)
{
    /// <summary>The groups of more than one host, by machine id.</summary>
    public IReadOnlyDictionary<string, MachineGroup> All()
    {
        DateTimeOffset now = time.GetUtcNow();
        Dictionary<string, HostRecord> first = new(StringComparer.Ordinal);
        Dictionary<string, List<MachineMember>> shared = new(StringComparer.Ordinal);
        foreach (HostRecord host in directory.Hosts)
        {
            if (first.TryAdd(host.MachineId, host))
            {
                continue;
            }

            if (!shared.TryGetValue(host.MachineId, out List<MachineMember>? members))
            {
                shared[host.MachineId] = members = [Of(first[host.MachineId], now)];
            }

            members.Add(Of(host, now));
        }

        return shared.ToDictionary(group => group.Key, group => new MachineGroup(group.Value, now), StringComparer.Ordinal);
    }

    /// <summary>The group of one machine id; null where one host alone has it.</summary>
    public MachineGroup? Of(string machineId)
    {
        DateTimeOffset now = time.GetUtcNow();
        List<MachineMember> members = [.. directory.OfMachine(machineId).Select(host => Of(host, now))];
        return members.Count > 1 ? new MachineGroup(members, now) : null;
    }

    /// <summary>How many hosts share their machine id with another that is there at the same time.</summary>
    public int Twins() => All().Values.Sum(group => group.Twins.Count);

    private MachineMember Of(HostRecord host, DateTimeOffset now) =>
        new(host.Id, host.Joined, presence.IsConnected(host.Id) ? now : presence.LastSeen(host.Id), host.Access.Admitted);
}
