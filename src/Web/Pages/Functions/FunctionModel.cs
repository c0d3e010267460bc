using Fleet.Contracts;

namespace Fleet.Web.Pages.Functions;

/// <summary>What one read of a function's page brings.</summary>
public sealed record FunctionModel(FunctionDetail Detail, Page<FleetEvent> Events);
