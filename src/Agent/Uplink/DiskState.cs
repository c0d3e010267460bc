namespace Fleet.Agent.Uplink;

/// <summary>Tells a disk that takes nothing now, which passes, from a directory that was given wrongly, which somebody must put right.</summary>
internal static class DiskState
{
    private const int InputOutput = 5; // EIO
    private const int NoSpace = 28; // ENOSPC
    private const int ReadOnly = 30; // EROFS
    private const int QuotaExceeded = 122; // EDQUOT

    // What .NET says itself when it finds no room for a preallocation (ERROR_DISK_FULL).
    private const int DiskFull = unchecked((int)0x80070070);

    /// <summary>Whether the disk refuses: full, over quota, read-only or failing.</summary>
    public static bool Refuses(Exception e) => e is IOException && e.HResult is InputOutput or NoSpace or ReadOnly or QuotaExceeded or DiskFull;
}
