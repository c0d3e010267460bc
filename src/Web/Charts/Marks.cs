using Fleet.Contracts;

namespace Fleet.Web.Charts;

/// <summary>The mark of a decision is its word on the wire.</summary>
public static class Marks
{
    public static string Of(Decision decision) => decision switch
    {
        Decision.Allow => "allow",
        Decision.Refuse => "refuse",
        Decision.WouldRefuse => "would-refuse",
        Decision.ReadOnly => "read-only",
        Decision.Wait => "wait",
        Decision.Ones => "ones",
        Decision.Cached => "cached",
        Decision.Virtualise => "virtualise",
        _ => "unknown",
    };

    /// <summary>The mark of a group of contention: its decision, or that there was none.</summary>
    public static string OfKey(string decision) => decision is "" or "none" ? "unknown" : decision;
}
