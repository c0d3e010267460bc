using Fleet.Pci;

namespace Fleet.Agent.Fuse;

/// <summary>A place in the mirrored tree that the kernel knows by number.</summary>
/// <param name="Path">Relative to the root, without slashes at the ends; empty for the root itself.</param>
internal sealed record Node(string Path, NodeKind Kind)
{
    /// <summary>The number that the protocol gives to the root.</summary>
    public const ulong RootId = 1;

    /// <summary>The function, when <see cref="Kind"/> is <see cref="NodeKind.Config"/>.</summary>
    public PciAddress Address { get; init; }

    public string Child(string name) => Path.Length is 0 ? name : $"{Path}/{name}";

    /// <summary>
    /// The preferred number of a path: the same in every run, so that inode numbers do not change when an agent restarts.
    /// </summary>
    public static ulong IdOf(string path)
    {
        if (path.Length is 0)
        {
            return RootId;
        }

        ulong hash = 14695981039346656037; // FNV-1a
        foreach (char letter in path)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        return (hash & long.MaxValue) | 2; // never 0 (invalid) or 1 (the root)
    }
}
