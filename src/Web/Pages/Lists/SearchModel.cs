using Fleet.Contracts;

namespace Fleet.Web.Pages.Lists;

/// <summary>What one search over everything brings: the first few of each kind.</summary>
public sealed record SearchModel(Page<HostView> Hosts, Page<FunctionView> Functions, Page<FleetEvent> Events);
