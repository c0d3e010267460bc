namespace Fleet.Contracts;

/// <summary>Evicts, bans or readmits a host.</summary>
/// <param name="Reason">Why, 1 to 1,024 characters; the audit trail and the host's page keep it.</param>
public sealed record ChangeAccess(string Reason);
