namespace Fleet.Server.Maintenance;

/// <summary>A backup or restore cannot be done; the message says why and what to do.</summary>
internal sealed class MaintenanceException(string message, Exception? inner = null) : Exception(message, inner);
