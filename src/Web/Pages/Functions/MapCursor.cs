namespace Fleet.Web.Pages.Functions;

/// <summary>Movement by keys inside the map.</summary>
public static class MapCursor
{
    /// <summary>The dword that the key leads to; the same one when the key is none of the map's or leads outside.</summary>
    public static int Move(ConfigMap map, int dword, string key)
    {
        ArgumentNullException.ThrowIfNull(map);
        int to = key switch
        {
            "ArrowLeft" => dword - 1,
            "ArrowRight" => dword + 1,
            "ArrowUp" => dword - ConfigMap.Columns,
            "ArrowDown" => dword + ConfigMap.Columns,
            "Home" => dword - (dword % ConfigMap.Columns),
            "End" => dword - (dword % ConfigMap.Columns) + ConfigMap.Columns - 1,
            "PageUp" => map.Regions.Select(r => r.Offset / 4).LastOrDefault(d => d < dword, dword),
            "PageDown" => map.Regions.Select(r => r.Offset / 4).FirstOrDefault(d => d > dword, dword),
            _ => dword,
        };
        return to >= 0 && to < map.Dwords ? to : dword;
    }
}
