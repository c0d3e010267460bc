using Fleet.Contracts;

namespace Fleet.Web.Pages.Events;

/// <summary>What a list that is held still would show.</summary>
internal static class HeldEvents
{
    /// <summary>How many of the newest page are not among those shown.</summary>
    public static int CountNewer(IReadOnlyList<FleetEvent> shown, IReadOnlyList<FleetEvent> newest)
    {
        HashSet<string> known = [.. shown.Select(e => e.Id)];
        return newest.TakeWhile(e => !known.Contains(e.Id)).Count();
    }
}
