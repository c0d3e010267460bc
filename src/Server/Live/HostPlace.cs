using Fleet.Contracts;

namespace Fleet.Server.Live;

/// <summary>Where a host stands in lists.</summary>
internal readonly record struct HostPlace(string Name, HostId Id, string MachineId) : IComparable<HostPlace>
{
    public int CompareTo(HostPlace other) => string.CompareOrdinal(Name, other.Name) is not 0 and int byName ? byName : Id.Value.CompareTo(other.Id.Value);

    public static bool operator <(HostPlace left, HostPlace right) => left.CompareTo(right) < 0;

    public static bool operator >(HostPlace left, HostPlace right) => left.CompareTo(right) > 0;

    public static bool operator <=(HostPlace left, HostPlace right) => left.CompareTo(right) <= 0;

    public static bool operator >=(HostPlace left, HostPlace right) => left.CompareTo(right) >= 0;
}
