namespace Fleet.Web.Pages.Functions;

/// <summary>Names of the data object types of PCI-SIG and CXL.</summary>
public static class DoeNames
{
    /// <summary>The name; null when this version knows none.</summary>
    public static string? Of(string feature) => feature switch
    {
        "0001:00" => "discovery",
        "0001:01" => "CMA/SPDM",
        "0001:02" => "secured CMA/SPDM",
        "0001:03" => "connection management",
        "0001:04" => "secured connection management",
        "0001:05" => "async messages",
        "1e98:00" => "CXL compliance",
        "1e98:02" => "CXL table access",
        _ => null,
    };
}
