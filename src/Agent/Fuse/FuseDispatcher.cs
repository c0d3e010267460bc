using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse;

/// <summary>
/// Bytes of a request in, bytes of a reply out. The room: Requests moves the bytes and keeps what is under way, one class per
/// group of operations answers them, MirrorTree knows what is where, OpenFile and its kinds are what callers hold.
/// </summary>
internal sealed class FuseDispatcher(NodeOperations nodes, DirectoryOperations directories, FileOperations files)
{
    /// <summary>Answers one request.</summary>
    /// <param name="buffer">Room for the reply, at least a header and <see cref="FuseSession.MaxTransfer"/>.</param>
    /// <returns>Length of the reply; 0 when none is due, <see cref="FuseReply.Later"/> when the access is parked in the request's slot.</returns>
    public int Dispatch(in FuseRequest request, Span<byte> buffer)
    {
        FuseReply reply = new(buffer, request.Header.Unique);
        return request.Header.Operation switch
        {
            Operation.Init => InitOperation.Reply(request, reply),
            Operation.Lookup => nodes.Lookup(request, reply),
            Operation.Forget => nodes.Forget(request),
            Operation.BatchForget => nodes.ForgetMany(request),
            Operation.GetAttributes => nodes.GetAttributes(request, reply),
            Operation.SetAttributes => nodes.SetAttributes(request, reply),
            Operation.ReadLink => nodes.ReadLink(request, reply),
            Operation.Statfs => NodeOperations.Statfs(reply),
            Operation.OpenDirectory => directories.Open(request, reply),
            Operation.ReadDirectory => directories.Read(request, reply, plus: false),
            Operation.ReadDirectoryPlus => directories.Read(request, reply, plus: true),
            Operation.Open => files.Open(request, reply),
            Operation.Read => files.Read(request, reply),
            Operation.Write => files.Write(request, reply),
            Operation.Release or Operation.ReleaseDirectory => files.Release(request, reply),
            Operation.Destroy => reply.Empty(),
            Operation.Interrupt or Operation.NotifyReply => FuseReply.None, // the session's business, or nobody's
            _ => reply.Error(Errno.NotImplemented),
        };
    }

    /// <summary>Answers a write that an agent had begun when it was killed: nobody knows whether it reached the function.</summary>
    public int OutcomeUnknown(in FuseRequest request, in FuseReply reply) => files.OutcomeUnknown(request, reply);
}
