using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Fuse;

/// <summary>Opening, reading and writing files.</summary>
internal sealed class FileOperations(
    MirrorTree tree, NodeTable nodes, HandleTable handles, HostBroker broker, Action<ulong> dropPages, UnknownWrites unknown, ExecutableHashes hashes)
{
    private const OpenReplies Direct = OpenReplies.DirectIo | OpenReplies.NoFlush;

    // BAR windows: reading one can act on the device, and neither mmap nor port cycles pass through here.
    private const string BarPrefix = "resource";

    public int Open(in FuseRequest request, in FuseReply reply)
    {
        if (!request.TryBody(out OpenIn wanted))
        {
            return reply.Error(Errno.Invalid);
        }

        return nodes.Find(request.Header.NodeId) switch
        {
            { Kind: NodeKind.Config } node => OpenConfigFile(node, request.Header, reply),
            { Kind: NodeKind.Attribute } node => OpenAttributeFile(node, wanted, reply),
            { Kind: NodeKind.Directory } => reply.Error(Errno.IsDirectory),
            _ => reply.Error(Errno.NoEntry),
        };
    }

    public int Read(in FuseRequest request, in FuseReply reply)
    {
        if (!request.TryBody(out TransferIn wanted))
        {
            return reply.Error(Errno.Invalid);
        }

        if (Find(request.Header, wanted.Handle) is not OpenFile file)
        {
            return reply.Error(Errno.BadHandle);
        }

        int size = (int)Math.Min(wanted.Size, (uint)FuseSession.MaxTransfer);
        Transfer done = file.Read(request.Header, wanted.Offset, reply.Payload[..size]);
        if (size >= PageDropper.PageSize && file is OpenConfig)
        {
            dropPages(request.Header.NodeId);
        }

        return done.Parked is not null ? Park(request, done.Parked)
            : done.Count < 0 ? reply.Error(-done.Count)
            : reply.Bytes(done.Count);
    }

    public int Write(in FuseRequest request, in FuseReply reply)
    {
        if (!request.TryBody(out TransferIn wanted) || wanted.Size != (uint)request.After<TransferIn>().Length)
        {
            return reply.Error(Errno.Invalid);
        }

        if (Find(request.Header, wanted.Handle) is not OpenFile file)
        {
            return reply.Error(Errno.BadHandle);
        }

        Transfer done = file.Write(request.Header, wanted.Offset, request.After<TransferIn>());
        return done.Parked is not null ? Park(request, done.Parked)
            : done.Count < 0 ? reply.Error(-done.Count)
            : reply.Value(new WriteOut { Size = (uint)done.Count });
    }

    /// <summary>A write begun by an agent that was killed: its caller gets EIO, and the event says what is not known.</summary>
    public int OutcomeUnknown(in FuseRequest request, in FuseReply reply)
    {
        if (request.TryBody(out TransferIn wanted) && nodes.Find(request.Header.NodeId) is { Kind: NodeKind.Config } node)
        {
            unknown.Report(node.Address, wanted, request.Header);
        }

        return reply.Error(Errno.InputOutput);
    }

    public int Release(in FuseRequest request, in FuseReply reply)
    {
        if (request.TryBody(out ReleaseIn closed))
        {
            handles.Release(closed.Handle);
        }

        return reply.Empty();
    }

    private static int Park(in FuseRequest request, ParkedAccess access)
    {
        if (request.Slot is not { } slot)
        {
            access.Cancel(AccessStatus.Interrupted);
            throw new InvalidOperationException("An access was parked where nothing can wait for it.");
        }

        slot.Park(access);
        return FuseReply.Later;
    }

    // A number of an earlier agent's: its holder opened the file before this agent started, and goes on.
    private OpenFile? Find(in InHeader header, ulong handle)
    {
        if (handles.Find(handle) is { } file)
        {
            return file;
        }

        HandleKind kind = handles.KindOfFormer(handle);
        if (kind is HandleKind.None or HandleKind.Directory || nodes.Find(header.NodeId) is not { } node)
        {
            return null;
        }

        OpenFile? made = (kind, node.Kind) switch
        {
            (HandleKind.PublicConfig or HandleKind.WholeConfig, NodeKind.Config) when broker.TryGet(node.Address, out BrokeredFunction? function) =>
                new OpenConfig(broker, function, new OpenCallers((int)header.Pid, header.Uid, kind is HandleKind.WholeConfig, hashes)),
            (HandleKind.Attribute, NodeKind.Attribute) when !IsBar(node) && Posix.TryOpen(tree.Absolute(node), Native.OpenReadOnly, out SafeFileHandle opened, out _) =>
                new OpenAttribute(opened),
            _ => null,
        };
        return made is null ? null : handles.Restore(handle, made);
    }

    private int OpenConfigFile(Node node, in InHeader header, in FuseReply reply)
    {
        if (!broker.TryGet(node.Address, out BrokeredFunction? function))
        {
            return reply.Error(Errno.NoDevice); // plugged in a moment ago and not yet the broker's: closed, not raw
        }

        OpenCallers callers = new((int)header.Pid, header.Uid, hashes);
        ulong handle = handles.Add(new OpenConfig(broker, function, callers));
        return reply.Value(new OpenOut { Handle = handle, Flags = Direct | OpenReplies.ParallelDirectWrites });
    }

    private int OpenAttributeFile(Node node, in OpenIn wanted, in FuseReply reply)
    {
        // Attributes such as remove, reset and enable act on the device: the mirror shows them and never writes them.
        if ((wanted.Flags & Native.OpenAccessMask) is not Native.OpenReadOnly || IsBar(node))
        {
            return reply.Error(Errno.Access);
        }

        if (!Posix.TryOpen(tree.Absolute(node), Native.OpenReadOnly, out SafeFileHandle file, out int error))
        {
            file.Dispose();
            return reply.Error(error);
        }

        return reply.Value(new OpenOut { Handle = handles.Add(new OpenAttribute(file)), Flags = Direct });
    }

    private static bool IsBar(Node node)
    {
        string name = Path.GetFileName(node.Path);
        return name.StartsWith(BarPrefix, StringComparison.Ordinal)
            && name.Length > BarPrefix.Length
            && char.IsAsciiDigit(name[BarPrefix.Length]);
    }
}
