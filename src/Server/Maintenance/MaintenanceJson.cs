using System.Text.Json;

namespace Fleet.Server.Maintenance;

internal static class MaintenanceJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };
}
