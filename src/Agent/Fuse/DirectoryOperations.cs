using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse;

/// <summary>Opening and reading directories.</summary>
internal sealed class DirectoryOperations(MirrorTree tree, NodeTable nodes, HandleTable handles, NodeOperations names)
{
    private const int Alignment = 8;

    public int Open(in FuseRequest request, in FuseReply reply) =>
        nodes.Find(request.Header.NodeId) is { Kind: NodeKind.Directory } node
            ? reply.Value(new OpenOut { Handle = handles.Add(new OpenDirectory(node)) })
            : reply.Error(Errno.NotDirectory);

    /// <summary>Fills one buffer with entries; the kernel comes back with the offset of the last one until it gets none.</summary>
    public int Read(in FuseRequest request, in FuseReply reply, bool plus)
    {
        if (!request.TryBody(out TransferIn wanted))
        {
            return reply.Error(Errno.Invalid);
        }

        if (Find(request.Header, wanted.Handle) is not OpenDirectory directory)
        {
            return reply.Error(Errno.BadHandle);
        }

        if (directory.Names(tree, rewind: wanted.Offset is 0) is not string[] list)
        {
            return reply.Error(Errno.NoEntry);
        }

        int used = 0;
        Span<byte> room = reply.Payload[..(int)Math.Min(wanted.Size, (uint)FuseSession.MaxTransfer)];
        for (ulong index = wanted.Offset; index < (ulong)list.Length; index++)
        {
            int written = Append(room[used..], directory.Node, list[(int)index], index + 1, plus);
            if (written < 0)
            {
                break;
            }

            used += written;
        }

        return reply.Bytes(used);
    }

    private OpenFile? Find(in InHeader header, ulong handle) =>
        handles.Find(handle)
        ?? (handles.KindOfFormer(handle) is HandleKind.Directory && nodes.Find(header.NodeId) is { Kind: NodeKind.Directory } node
            ? handles.Restore(handle, new OpenDirectory(node))
            : null);

    /// <returns>Bytes written; 0 when the entry has vanished, -1 when it does not fit.</returns>
    private int Append(Span<byte> room, Node parent, string name, ulong next, bool plus)
    {
        int head = plus ? Unsafe.SizeOf<EntryOut>() : 0;
        int entry = head + Unsafe.SizeOf<DirectoryEntry>();
        int length = Encoding.UTF8.GetByteCount(name);
        int size = (entry + length + Alignment - 1) & ~(Alignment - 1);
        if (size > room.Length)
        {
            return -1;
        }

        bool self = name is "." or "..";
        Node node = parent;
        NodeAttributes attributes = default;
        if (!self && !tree.TryResolve(parent, name, out node, out attributes))
        {
            return 0;
        }

        room[..size].Clear();
        ulong inode = Node.IdOf(node.Path);
        if (plus && !self) // "." and ".." carry no node: the kernel does not count them
        {
            EntryOut known = names.Enter(node, attributes);
            inode = known.NodeId;
            MemoryMarshal.Write(room, in known);
        }

        MemoryMarshal.Write(room[head..], new DirectoryEntry
        {
            Inode = inode,
            NextOffset = next,
            NameLength = (uint)length,
            Type = MirrorTree.EntryType(node.Kind),
        });
        Encoding.UTF8.GetBytes(name, room[entry..]);
        return size;
    }
}
