using System.Collections;
using System.Globalization;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Web.Pages.Functions;

/// <summary>
/// A function's configuration space laid out as rows of 64 dwords: what was read and what was not, which capability a dword
/// belongs to, who claims it, how often it was accessed.
/// </summary>
public sealed class ConfigMap
{
    public const int Columns = 64;
    public const int CellWidth = 16;
    public const int CellHeight = 27;
    private const int HeaderLength = 0x40;
    private readonly BitArray _known;
    private readonly Dictionary<int, string> _values = [];
    private readonly int[] _owner;
    private readonly Dictionary<int, AccessHeat> _heat;

    private ConfigMap(FunctionDetail detail)
    {
        Dwords = Math.Clamp(detail.ConfigSize, 0, 4096) / 4;
        _known = new BitArray(Dwords);
        foreach (ConfigRange range in detail.Config)
        {
            Learn(range);
        }

        Regions = [.. RegionsOf(detail)];
        _owner = OwnersOf(Regions, Dwords);
        _heat = detail.Heat.GroupBy(h => h.Offset / 4).ToDictionary(
            g => g.Key, g => new AccessHeat(g.Key * 4, g.Sum(h => h.Reads), g.Sum(h => h.Writes)));
        Claims = Placed(detail.ClaimsInForce);
    }

    public int Dwords { get; }

    public int Rows => (Dwords + Columns - 1) / Columns;

    public int Width => Columns * CellWidth;

    public int Height => Rows * CellHeight;

    /// <summary>The header and the capabilities, by offset.</summary>
    public IReadOnlyList<MapRegion> Regions { get; }

    public IReadOnlyList<MapClaim> Claims { get; }

    /// <summary>How many dwords were read.</summary>
    public int Read => _known.Cast<bool>().Count(known => known);

    public static ConfigMap Of(FunctionDetail detail)
    {
        ArgumentNullException.ThrowIfNull(detail);
        return new ConfigMap(detail);
    }

    public bool IsKnown(int dword) => dword >= 0 && dword < Dwords && _known[dword];

    public MapRegion? RegionAt(int dword) => dword >= 0 && dword < Dwords && _owner[dword] >= 0 ? Regions[_owner[dword]] : null;

    /// <summary>The dword as a number, eight hexadecimal digits; null when it was never read.</summary>
    public string? ValueAt(int dword) => _values.GetValueOrDefault(dword);

    public AccessHeat HeatAt(int dword) => _heat.GetValueOrDefault(dword) ?? new AccessHeat(dword * 4, 0, 0);

    /// <summary>Accesses of all dwords of a region.</summary>
    public (long Reads, long Writes) HeatOf(MapRegion region)
    {
        ArgumentNullException.ThrowIfNull(region);
        AccessHeat[] heat = [.. _heat.Values.Where(h => h.Offset >= region.Offset && h.Offset < region.Offset + region.Length)];
        return (heat.Sum(h => h.Reads), heat.Sum(h => h.Writes));
    }

    public IEnumerable<MapClaim> ClaimsAt(int dword) =>
        Claims.Where(c => c.View.Claim.Offset < (dword + 1) * 4 && c.View.Claim.Offset + c.View.Claim.Length > dword * 4);

    /// <summary>Path of the dwords of a region (null: of none) that were read, or that were not.</summary>
    public string Cells(MapRegion? region, bool known)
    {
        StringBuilder path = new();
        for (int dword = 0; dword < Dwords; dword++)
        {
            if (_known[dword] == known && RegionAt(dword) == region)
            {
                path.Append(CultureInfo.InvariantCulture, $"M{(dword % Columns * CellWidth) + 1} {(dword / Columns * CellHeight) + 1}h14v25h-14z");
            }
        }

        return path.ToString();
    }

    /// <summary>The accessed dwords in three magnitudes, from few to many.</summary>
    public IEnumerable<(int X, int Y, int Level)> Dots()
    {
        long most = _heat.Values.Select(Total).DefaultIfEmpty(0).Max();
        foreach (AccessHeat heat in _heat.Values.Where(h => Total(h) > 0 && h.Offset / 4 < Dwords).OrderBy(h => h.Offset))
        {
            int dword = heat.Offset / 4;
            int level = Total(heat) * 4 >= most ? 3 : Total(heat) * 40 >= most ? 2 : 1;
            yield return ((dword % Columns * CellWidth) + (CellWidth / 2), (dword / Columns * CellHeight) + (CellHeight / 2), level);
        }
    }

    private static long Total(AccessHeat heat) => heat.Reads + heat.Writes;

    /// <summary>Letters by offset; claims on the same corner stand side by side.</summary>
    private static List<MapClaim> Placed(IReadOnlyList<ClaimView> claims)
    {
        List<MapClaim> placed = [];
        foreach (ClaimView claim in claims.OrderBy(c => c.Claim.Offset).ThenBy(c => c.Claim.Length))
        {
            MapClaim next = new(KeyOf(placed.Count), claim);
            placed.Add(next with { Slot = placed.Count(p => p.Corner == next.Corner) });
        }

        return placed;
    }

    private static string KeyOf(int index) =>
        index < 26 ? ((char)('A' + index)).ToString() : $"{(char)('A' + (index / 26) - 1)}{(char)('A' + (index % 26))}";

    private static IEnumerable<MapRegion> RegionsOf(FunctionDetail detail)
    {
        yield return new MapRegion(0, HeaderLength, detail.Decoded.FirstOrDefault(d => d.Offset is 0)?.Name ?? "Header");
        foreach (CapabilityFacts capability in detail.Function.Capabilities.Where(c => c.Offset > 0).DistinctBy(c => c.Offset).OrderBy(c => c.Offset))
        {
            yield return new MapRegion(capability.Offset, Math.Max(4, capability.Length), capability.Name);
        }
    }

    private static int[] OwnersOf(IReadOnlyList<MapRegion> regions, int dwords)
    {
        int[] owner = new int[dwords];
        Array.Fill(owner, -1);
        for (int i = 0; i < regions.Count; i++)
        {
            int end = Math.Min(dwords, (regions[i].Offset + regions[i].Length + 3) / 4);
            for (int dword = regions[i].Offset / 4; dword < end; dword++)
            {
                owner[dword] = i;
            }
        }

        return owner;
    }

    private void Learn(ConfigRange range)
    {
        // Bytes are little-endian in the range; a register reads from its highest byte down.
        for (int at = 0; at + 8 <= range.Hex.Length; at += 8)
        {
            int dword = (range.Offset / 4) + (at / 8);
            if (dword >= 0 && dword < Dwords)
            {
                _known[dword] = true;
                _values[dword] = string.Concat(range.Hex.AsSpan(at + 6, 2), range.Hex.AsSpan(at + 4, 2), range.Hex.AsSpan(at + 2, 2), range.Hex.AsSpan(at, 2));
            }
        }
    }
}
