namespace Fleet.Contracts;

/// <summary>A host that another speaks of.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="State">Its state, as in <see cref="HostView.State"/>.</param>
public sealed record HostReference(HostId Id, string Name, string State);
