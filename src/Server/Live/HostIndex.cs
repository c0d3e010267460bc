using System.Collections.Immutable;
using Fleet.Contracts;

namespace Fleet.Server.Live;

/// <summary>
/// Hosts in the order of lists, and by machine id, kept up to date host by host: a page of a hundred, or the twins of one machine, must not cost a look
/// at each of a hundred thousand.
/// </summary>
internal sealed class HostIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<HostId, HostPlace> _places = [];
    private readonly Dictionary<string, ImmutableList<HostId>> _machines = new(StringComparer.Ordinal);
    private ImmutableSortedSet<HostPlace> _ordered = [];

    /// <summary>Every host by name, then by id; a snapshot.</summary>
    public ImmutableSortedSet<HostPlace> Ordered => Volatile.Read(ref _ordered);

    /// <summary>The hosts of a machine id; a snapshot.</summary>
    public IReadOnlyList<HostId> OfMachine(string machineId)
    {
        lock (_gate)
        {
            return _machines.GetValueOrDefault(machineId) ?? [];
        }
    }

    /// <summary>Takes over what the directory has of hosts now; who calls last has seen the last.</summary>
    public void Follow(IEnumerable<HostId> ids, Func<HostId, HostRecord?> current)
    {
        lock (_gate)
        {
            ImmutableSortedSet<HostPlace>.Builder ordered = _ordered.ToBuilder();
            foreach (HostId id in ids)
            {
                HostPlace? now = current(id) is { } host ? new HostPlace(host.Name, id, host.MachineId) : null;
                HostPlace? before = _places.TryGetValue(id, out HostPlace known) ? known : null;
                if (before == now)
                {
                    continue;
                }

                if (before is { } old)
                {
                    _places.Remove(id);
                    ordered.Remove(old);
                    ImmutableList<HostId> left = _machines[old.MachineId].Remove(id);
                    _machines[old.MachineId] = left;
                    if (left.IsEmpty)
                    {
                        _machines.Remove(old.MachineId);
                    }
                }

                if (now is { } place)
                {
                    _places[id] = place;
                    ordered.Add(place);
                    _machines[place.MachineId] = (_machines.GetValueOrDefault(place.MachineId) ?? []).Add(id);
                }
            }

            Volatile.Write(ref _ordered, ordered.ToImmutable());
        }
    }
}
