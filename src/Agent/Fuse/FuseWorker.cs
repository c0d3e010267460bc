using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse;

/// <summary>One thread of a session: reads a request, has it answered, sends the answer, until the connection ends.</summary>
internal sealed class FuseWorker(FuseDevice device, FuseDispatcher dispatcher, FuseSession session, ILogger log)
{
    private readonly byte[] _request = GC.AllocateUninitializedArray<byte>(FuseSession.BufferSize, pinned: true);
    private readonly byte[] _reply = GC.AllocateUninitializedArray<byte>(FuseSession.BufferSize, pinned: true);

    public RequestSlot Slot { get; } = new();

    /// <summary>Runs until the kernel says that the connection is over; never throws.</summary>
    public void Run()
    {
        while (true)
        {
            int count = device.Receive(_request);
            if (count >= 0)
            {
                Answer(_request.AsSpan(0, count));
            }
            else if (-count is not (Errno.Interrupted or Errno.NoEntry or Errno.Again)) // ENOENT: interrupted before we read it
            {
                break;
            }
        }
    }

    /// <summary>Answers EINTR for the request at hand, from the thread of another worker.</summary>
    public void Abandon(ulong unique)
    {
        if (Slot.TryAnswer(unique))
        {
            Span<byte> buffer = stackalloc byte[OutHeader.Size];
            int length = new FuseReply(buffer, unique).Error(Errno.Interrupted);
            _ = device.Send(buffer[..length]); // must go to this worker's handle: the request came from it
        }
    }

    private void Answer(ReadOnlySpan<byte> bytes)
    {
        if (!FuseRequest.TryRead(bytes, out FuseRequest request))
        {
            return;
        }

        InHeader header = request.Header;
        if (header.Operation is Operation.Interrupt)
        {
            if (request.TryBody(out ulong interrupted))
            {
                session.Interrupt(interrupted);
            }

            return;
        }

        Slot.Begin(header.Unique, (int)header.Pid);
        int length = Handle(bytes, header);
        bool mine = Slot.TryAnswer(header.Unique);
        if (length is FuseReply.None || !mine)
        {
            return;
        }

        int error = device.Send(_reply.AsSpan(0, length));
        if (error is not (0 or Errno.NoEntry or Errno.NoDevice or Errno.ConnectionAborted)) // ENOENT: the caller is gone
        {
            log.ReplyRefused(header.Operation, Posix.Describe(error));
            _ = device.Send(_reply.AsSpan(0, new FuseReply(_reply, header.Unique).Error(Errno.InputOutput)));
        }
    }

    private int Handle(ReadOnlySpan<byte> bytes, in InHeader header)
    {
        try
        {
            return dispatcher.Dispatch(bytes, _reply);
        }
        catch (Exception error) // the edge of the loop: a caller waits in the kernel and must get an answer
        {
            log.RequestFailed(error, header.Operation, header.NodeId);
            return header.Operation is Operation.Forget or Operation.BatchForget
                ? FuseReply.None
                : new FuseReply(_reply, header.Unique).Error(Errno.InputOutput);
        }
    }
}
