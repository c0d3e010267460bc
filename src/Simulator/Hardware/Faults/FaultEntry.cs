namespace Fleet.Simulator.Hardware.Faults;

/// <summary>A fault that can be set on a function.</summary>
/// <param name="Name">As written on the command line: lower case with dashes.</param>
/// <param name="Concerns">"mailbox" or "configuration".</param>
/// <param name="Device">What the device does.</param>
/// <param name="Agent">What the agent makes of it.</param>
internal sealed record FaultEntry(string Name, string Concerns, string Device, string Agent);
