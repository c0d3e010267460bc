namespace Fleet.Server.Identity;

/// <summary>The authorization policies; every endpoint names one or says that it is anonymous.</summary>
internal static class Access
{
    /// <summary>See the fleet: a token, the dashboard's ticket or its cookie.</summary>
    public const string Read = "read";

    /// <summary>Change the fleet: a token or a ticket. Never a cookie, so that another site cannot make a browser change anything.</summary>
    public const string Change = "change";

    /// <summary>The dashboard itself: its cookie.</summary>
    public const string Dashboard = "dashboard";

    /// <summary>An agent with its client certificate.</summary>
    public const string Agent = "agent";
}
