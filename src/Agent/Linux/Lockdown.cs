namespace Fleet.Agent.Linux;

/// <summary>The kernel's lockdown level: from "integrity" up it refuses every config write of user space.</summary>
internal static class Lockdown
{
    public const string None = "none";
    public const string Unknown = "unknown";

    private const string Place = "/sys/kernel/security/lockdown";

    /// <summary>Reads the level; a host that has not mounted securityfs still has it, in a mount of our own.</summary>
    public static string Read()
    {
        if (SmallFile.TryRead(Place) is string text)
        {
            return Parse(text);
        }

        using DetachedMount? security = DetachedMount.TryOpen("securityfs", out _);
        if (security is null)
        {
            return Unknown;
        }

        // Without the file the kernel has no lockdown module: nothing is locked.
        return SmallFile.TryRead($"{security.Root}/lockdown") is string own ? Parse(own) : None;
    }

    /// <summary>The bracketed word of "none [integrity] confidentiality".</summary>
    public static string Parse(string text)
    {
        int open = text.IndexOf('[', StringComparison.Ordinal);
        int close = text.IndexOf(']', StringComparison.Ordinal);
        return open >= 0 && close > open ? text[(open + 1)..close] : Unknown;
    }
}
