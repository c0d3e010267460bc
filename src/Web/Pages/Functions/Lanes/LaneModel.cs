using Fleet.Contracts;

namespace Fleet.Web.Pages.Functions.Lanes;

/// <summary>What one read of the lanes brings.</summary>
/// <param name="Window">What was asked for.</param>
/// <param name="Events">What happened to the function then, the newest first; bounded.</param>
/// <param name="Losses">What its agent could not tell of that time.</param>
/// <param name="Latest">The newest of all times, where the window has none.</param>
public sealed record LaneModel(LaneWindow Window, Page<FleetEvent> Events, IReadOnlyList<FleetEvent> Losses, FleetEvent? Latest);
