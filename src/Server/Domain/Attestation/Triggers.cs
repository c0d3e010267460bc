namespace Fleet.Server.Domain.Attestation;

/// <summary>What an attestation is made for.</summary>
internal static class Triggers
{
    public const string First = "first-sight";
    public const string Schedule = "schedule";
    public const string Boot = "boot";
    public const string Inventory = "inventory";
    public const string Reset = "reset";
    public const string Request = "request";
    public const string Replan = "replan";
    public const string Release = "release";
}
