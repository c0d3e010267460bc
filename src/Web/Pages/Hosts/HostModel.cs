using Fleet.Client;
using Fleet.Contracts;

namespace Fleet.Web.Pages.Hosts;

/// <summary>What one read of a host's page brings.</summary>
public sealed record HostModel(Tagged<HostView> Host, Page<FunctionView> Functions, Page<FleetEvent> Events);
