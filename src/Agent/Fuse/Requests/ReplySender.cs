using System.Buffers;
using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Linux;
using Fleet.Broker;

namespace Fleet.Agent.Fuse.Requests;

/// <summary>Sends answers: at once for a worker, later for what is parked.</summary>
internal sealed class ReplySender(FuseConnection connection, ILogger log)
{
    public void Send(RequestSlot slot, Operation operation, ReadOnlySpan<byte> reply)
    {
        int error = connection.Send(slot, reply);
        if (error is 0 or Errno.NoEntry or Errno.NoDevice or Errno.ConnectionAborted) // ENOENT: the caller is gone, or has its answer
        {
            return;
        }

        log.ReplyRefused(operation, Posix.Describe(error));
        Span<byte> buffer = stackalloc byte[OutHeader.Size];
        int length = new FuseReply(buffer, FuseReply.UniqueOf(reply)).Error(Errno.InputOutput);
        _ = connection.Send(slot, buffer[..length]);
    }

    public void SendError(RequestSlot slot, ulong unique, int error)
    {
        Span<byte> buffer = stackalloc byte[OutHeader.Size];
        int length = new FuseReply(buffer, unique).Error(error);
        _ = connection.Send(slot, buffer[..length]);
    }

    /// <summary>Answers when the slot's parked access completes, on whatever thread that is; the slot is given back then.</summary>
    public void SendLater(RequestSlot slot, in InHeader header)
    {
        (ulong unique, Operation operation) = (header.Unique, header.Operation);
        slot.Parked!.Subscribe(access => Complete(slot, unique, operation, access));
    }

    private void Complete(RequestSlot slot, ulong unique, Operation operation, ParkedAccess access)
    {
        if (slot.TryAnswer(unique))
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(OutHeader.Size + Math.Max(access.Length, OutHeader.Size));
            FuseReply reply = new(buffer, unique);
            int result = access.Result.Status is AccessStatus.Done ? access.Result.Count : -AccessErrno.Of(access.Result.Status);
            int length;
            if (operation is Operation.Write)
            {
                slot.Finish(result);
                length = result < 0 ? reply.Error(-result) : reply.Value(new WriteOut { Size = (uint)result });
            }
            else if (result < 0)
            {
                length = reply.Error(-result);
            }
            else
            {
                access.Data.Span[..result].CopyTo(reply.Payload);
                length = reply.Bytes(result);
            }

            Send(slot, operation, buffer.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(buffer);
        }

        connection.Slots.Return(slot);
    }
}
