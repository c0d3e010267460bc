using Fleet.Contracts;

namespace Fleet.Server.Features.Functions;

/// <summary>Adds accesses up by the dwords they touch.</summary>
internal static class AccessHeats
{
    private const int LastDword = 4092;

    public static IReadOnlyList<AccessHeat> Of(IEnumerable<FleetEvent> events)
    {
        SortedDictionary<int, (long Reads, long Writes)> heat = [];
        foreach (FleetEvent access in events)
        {
            if (access is not { Operation: { } operation, Offset: >= 0 and <= 4095 and var offset, Length: > 0 and var length })
            {
                continue;
            }

            int end = Math.Min(offset + Math.Min(length, 4096), LastDword + 4);
            for (int dword = offset & ~3; dword < end; dword += 4)
            {
                (long reads, long writes) = heat.GetValueOrDefault(dword);
                heat[dword] = operation is AccessOperation.Read ? (reads + access.Count, writes) : (reads, writes + access.Count);
            }
        }

        return [.. heat.Select(entry => new AccessHeat(entry.Key, entry.Value.Reads, entry.Value.Writes))];
    }
}
