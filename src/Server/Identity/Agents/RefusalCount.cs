namespace Fleet.Server.Identity.Agents;

/// <summary>How often somebody was refused for a reason since it was last written down.</summary>
internal sealed record RefusalCount(string Reason, string Subject, long Count, string Detail);
