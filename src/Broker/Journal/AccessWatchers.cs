using System.Collections.Immutable;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>Those who look on. While there is nobody, an access pays for looking at an empty list.</summary>
internal sealed class AccessWatchers(TimeProvider time)
{
    private ImmutableArray<AccessWatch> _watches = [];

    public AccessWatch Add(PciAddress? function)
    {
        AccessWatch watch = new(this, function, time);
        ImmutableInterlocked.Update(ref _watches, watches => watches.Add(watch));
        return watch;
    }

    public void Remove(AccessWatch watch) => ImmutableInterlocked.Update(ref _watches, watches => watches.Remove(watch));

    public void Count(PciAddress function, int offset, int length, AccessOperation operation, Decision decision, Caller caller)
    {
        foreach (AccessWatch watch in _watches)
        {
            watch.Count(new ContentionKey(caller.Pid, caller.StartTime, function, offset, length, operation, decision), caller, around: false);
        }
    }

    public void Count(BypassAccess access)
    {
        foreach (AccessWatch watch in _watches)
        {
            ContentionKey key = new(
                access.Caller?.Pid ?? 0, access.Caller?.StartTime ?? 0, access.Function, access.Offset ?? -1, access.Length ?? 0,
                access.Operation, Decision.Allow, access.Sensor);
            watch.Count(key, access.Caller, around: true);
        }
    }
}
