using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse;

/// <summary>Names, attributes and links.</summary>
internal sealed class NodeOperations(MirrorTree tree, NodeTable nodes)
{
    /// <summary>How long the kernel may keep names and attributes, in seconds: hot-plug shows up within it.</summary>
    public const ulong ValidSeconds = 1;

    private const uint ChangesSize = 1 << 3; // FATTR_SIZE
    private const uint ChangesHandle = 1 << 6; // FATTR_FH: says only how the file was named
    private const uint ChangesLockOwner = 1 << 9;
    private const uint ChangesTimes = (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 10);
    private const int NameLength = 255;

    public int Lookup(in FuseRequest request, in FuseReply reply)
    {
        if (!request.TryName(out string? name))
        {
            return reply.Error(Errno.Invalid);
        }

        if (nodes.Find(request.Header.NodeId) is not { Kind: NodeKind.Directory } parent
            || !tree.TryResolve(parent, name, out Node node, out NodeAttributes attributes))
        {
            return reply.Error(Errno.NoEntry);
        }

        return reply.Value(Enter(node, attributes));
    }

    /// <summary>Counts one lookup of a node for the kernel.</summary>
    public EntryOut Enter(Node node, NodeAttributes attributes)
    {
        ulong id = nodes.Enter(node);
        attributes.Inode = id;
        return new EntryOut
        {
            NodeId = id,
            Generation = 1,
            EntryValid = ValidSeconds,
            AttributesValid = ValidSeconds,
            Attributes = attributes,
        };
    }

    public int Forget(in FuseRequest request)
    {
        if (request.TryBody(out ulong count))
        {
            nodes.Forget(request.Header.NodeId, count);
        }

        return FuseReply.None;
    }

    public int ForgetMany(in FuseRequest request)
    {
        if (request.TryBody(out BatchForgetIn batch))
        {
            ReadOnlySpan<byte> rest = request.After<BatchForgetIn>();
            for (uint done = 0; done < batch.Count && MemoryMarshal.TryRead(rest, out ForgetOne one); done++)
            {
                nodes.Forget(one.NodeId, one.Count);
                rest = rest[Unsafe.SizeOf<ForgetOne>()..];
            }
        }

        return FuseReply.None;
    }

    public int GetAttributes(in FuseRequest request, in FuseReply reply) =>
        nodes.Find(request.Header.NodeId) is Node node ? Attributes(node, request.Header.NodeId, reply) : reply.Error(Errno.NoEntry);

    /// <summary>Opening with O_TRUNC arrives as a change of size, which sysfs ignores for config; nothing else may change.</summary>
    public int SetAttributes(in FuseRequest request, in FuseReply reply)
    {
        if (!request.TryBody(out SetAttributesIn wanted))
        {
            return reply.Error(Errno.Invalid);
        }

        const uint Ignored = ChangesSize | ChangesHandle | ChangesLockOwner | ChangesTimes;
        return nodes.Find(request.Header.NodeId) is not Node node ? reply.Error(Errno.NoEntry)
            : node.Kind is not NodeKind.Config ? reply.Error(Errno.Access)
            : (wanted.Valid & ~Ignored) is not 0 ? reply.Error(Errno.NotPermitted)
            : Attributes(node, request.Header.NodeId, reply);
    }

    public int ReadLink(in FuseRequest request, in FuseReply reply)
    {
        if (nodes.Find(request.Header.NodeId) is not { Kind: NodeKind.Link } node || tree.ReadLink(node) is not string target)
        {
            return reply.Error(Errno.Invalid);
        }

        return Encoding.UTF8.TryGetBytes(target, reply.Payload, out int count) ? reply.Bytes(count) : reply.Error(Errno.Invalid);
    }

    public static int Statfs(in FuseReply reply) =>
        reply.Value(new StatfsOut { BlockSize = 4096, FragmentSize = 4096, NameLength = NameLength });

    private int Attributes(Node node, ulong id, in FuseReply reply)
    {
        if (!tree.TryGetAttributes(node, out NodeAttributes attributes))
        {
            return reply.Error(Errno.NoEntry);
        }

        attributes.Inode = id;
        return reply.Value(new AttributesOut { Valid = ValidSeconds, Attributes = attributes });
    }
}
