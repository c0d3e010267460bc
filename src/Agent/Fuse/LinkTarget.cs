using Fleet.Agent.Linux;
using Fleet.Pci;

namespace Fleet.Agent.Fuse;

/// <summary>
/// Rewrites the text of a link for the mirror, where devices/* are directories although sysfs has links there. libpci
/// joins the text to the link's directory, so that an absolute target would lose "Kernel driver in use": every
/// answer is relative.
/// </summary>
internal static class LinkTarget
{
    private const string DevicesPrefix = "devices/";

    // More than any tree is deep: a surplus ".." stays at "/".
    private const int UpToRoot = 16;

    /// <summary>The text to answer; null when the node is no link.</summary>
    public static string? Resolve(string root, string path)
    {
        if (Posix.ReadLink($"{root}/{path}") is not string text)
        {
            return null;
        }

        string target = Path.GetFullPath(text, RealDirectory(root, path));
        if (target.StartsWith(root + "/", StringComparison.Ordinal))
        {
            return Up(path.Count(letter => letter is '/')) + target[(root.Length + 1)..];
        }

        // A function elsewhere in sysfs is shown under devices/: who follows the link stays with the broker.
        string name = Path.GetFileName(target);
        return PciAddress.TryParse(name, out _) && Posix.TryStat($"{root}/{DevicesPrefix}{name}", follow: true, out _)
            ? Up(path.Count(letter => letter is '/')) + DevicesPrefix + name
            : Up(UpToRoot) + DetachedMount.ToVisible(target).TrimStart('/');
    }

    // Where the link's directory really is: only devices/NAME is itself a link below the root.
    private static string RealDirectory(string root, string path)
    {
        string directory = Path.GetDirectoryName($"{root}/{path}")!;
        if (!path.StartsWith(DevicesPrefix, StringComparison.Ordinal))
        {
            return directory;
        }

        int end = path.IndexOf('/', DevicesPrefix.Length);
        if (end < 0 || Posix.ReadLink($"{root}/{path[..end]}") is not string text)
        {
            return directory;
        }

        string real = Path.GetFullPath(text, $"{root}/devices");
        return real + directory[(root.Length + 1 + end)..];
    }

    private static string Up(int levels) => string.Concat(Enumerable.Repeat("../", levels));
}
