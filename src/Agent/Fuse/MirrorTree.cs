using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Pci;

namespace Fleet.Agent.Fuse;

/// <summary>What is where: the tree on disk, with each function's <c>config</c> replaced by the broker's.</summary>
internal sealed class MirrorTree(string root, HostBroker broker)
{
    private const string Devices = "devices";
    private const string ConfigName = "config";
    private const uint DirectoryEntryType = 4;
    private const uint RegularEntryType = 8;
    private const uint LinkEntryType = 10;

    public string Absolute(Node node) => $"{root}/{node.Path}";

    public string? ReadLink(Node node) => LinkTarget.Resolve(root, node.Path);

    /// <summary>Finds a child of a directory and its attributes; the attributes' inode number is the caller's to set.</summary>
    public bool TryResolve(Node parent, string name, out Node node, out NodeAttributes attributes)
    {
        string path = parent.Child(name);
        // sysfs has links in devices/; shown as such they would lead around the mirror.
        bool follow = parent.Path is Devices;
        node = parent;
        attributes = default;
        if (!Posix.TryStat($"{root}/{path}", follow, out FileStatus status))
        {
            return false;
        }

        NodeKind kind = status.IsDirectory ? NodeKind.Directory : status.IsLink ? NodeKind.Link : NodeKind.Attribute;
        PciAddress address = default;
        // Any depth: below a bridge's directory lie those of the functions behind it, each with its config.
        if (kind is NodeKind.Attribute && name is ConfigName && PciAddress.TryParse(Path.GetFileName(parent.Path), out address))
        {
            kind = NodeKind.Config;
        }

        node = new Node(path, kind) { Address = address };
        attributes = Convert(node, status);
        return true;
    }

    public bool TryGetAttributes(Node node, out NodeAttributes attributes)
    {
        bool found = Posix.TryStat(Absolute(node), node.Kind is not NodeKind.Link, out FileStatus status);
        attributes = found ? Convert(node, status) : default;
        return found;
    }

    /// <summary>Names in a directory, sorted; null when it is gone.</summary>
    public string[]? List(Node node)
    {
        try
        {
            string[] names = [.. Directory.EnumerateFileSystemEntries(Absolute(node)).Select(path => Path.GetFileName(path))];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static uint EntryType(NodeKind kind) => kind switch
    {
        NodeKind.Directory => DirectoryEntryType,
        NodeKind.Link => LinkEntryType,
        _ => RegularEntryType,
    };

    private NodeAttributes Convert(Node node, in FileStatus status) => new()
    {
        Size = node.Kind is NodeKind.Config && broker.TryGet(node.Address, out BrokeredFunction? function)
            ? (ulong)function.Size
            : status.Size,
        Blocks = status.Blocks,
        Accessed = (ulong)status.Accessed.Seconds,
        Modified = (ulong)status.Modified.Seconds,
        Changed = (ulong)status.Changed.Seconds,
        AccessedNanoseconds = status.Accessed.Nanoseconds,
        ModifiedNanoseconds = status.Modified.Nanoseconds,
        ChangedNanoseconds = status.Changed.Nanoseconds,
        Mode = status.Mode,
        Links = status.Links,
        Uid = status.Uid,
        Gid = status.Gid,
        BlockSize = status.BlockSize,
    };
}
