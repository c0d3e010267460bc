namespace Fleet.Agent.Linux;

/// <summary>What the kernel shows of a function that decides who drives its mailboxes; read without touching the device.</summary>
/// <param name="Driver">The bound driver; null when none is.</param>
/// <param name="HasManager">Whether a platform security manager can be connected (tsm/ is there).</param>
/// <param name="ConnectedTo">The security manager it is connected to; null or empty when to none.</param>
/// <param name="Authenticated">Whether the kernel has an 'authenticated' attribute for it.</param>
/// <param name="Features">Names in doe_features; null when there is no such directory.</param>
/// <param name="Asleep">Whether it has no power.</param>
/// <param name="Settling">Whether it came or woke up so lately that the kernel may still be at work at its mailboxes.</param>
internal sealed record OwnershipSight(
    string? Driver, bool HasManager, string? ConnectedTo, bool Authenticated, IReadOnlyList<string>? Features, bool Asleep, bool Settling)
{
    /// <summary>Reads PCIROOT/devices/ADDRESS.</summary>
    public static OwnershipSight Read(string directory, string? driver, IReadOnlyList<string>? features, bool asleep, bool settling) => new(
        driver,
        Directory.Exists($"{directory}/tsm"),
        SmallFile.TryRead($"{directory}/tsm/connect"),
        File.Exists($"{directory}/authenticated"),
        features,
        asleep,
        settling);
}
