namespace Fleet.Contracts;

/// <summary>A host that a join token admitted.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="State">Its state, as in <see cref="HostView.State"/>.</param>
/// <param name="Joined">When it joined.</param>
public sealed record AdmittedHost(HostId Id, string Name, string State, DateTimeOffset Joined);
