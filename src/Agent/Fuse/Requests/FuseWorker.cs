using System.Collections.Concurrent;
using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse.Requests;

/// <summary>One thread of a session: reads a request, has it answered, sends the answer or parks it, until the connection ends.</summary>
internal sealed class FuseWorker(
    FuseConnection connection, int device, FuseDispatcher dispatcher, FuseSession session, SignalWatch signals, ReplySender sender,
    ConcurrentQueue<RequestSlot> left, ILogger log)
{
    /// <summary>After so many looks without a queue behind a request, a worker too many ends.</summary>
    public const int QuietLimit = 64;

    private const int LookMask = 15; // every sixteenth request: looking costs a system call

    private readonly byte[] _reply = GC.AllocateUninitializedArray<byte>(FuseSession.BufferSize, pinned: true);
    private RequestSlot? _slot;
    private uint _served;
    private bool _looks;
    private bool _queued;

    /// <summary>The request at hand; 0 while it waits for one.</summary>
    public ulong Current => Volatile.Read(ref _slot)?.Unique ?? 0;

    /// <summary>The session's count of looks without a queue.</summary>
    public int Quiet { get; set; }

    /// <summary>Runs until the kernel says that the connection is over; never throws.</summary>
    public void Run()
    {
        while (left.TryDequeue(out RequestSlot? slot))
        {
            Volatile.Write(ref _slot, slot);
            Redo(slot);
        }

        RequestSlot? own = connection.Slots.Take();
        while (own is not null)
        {
            Volatile.Write(ref _slot, own);
            own.Prepare(device);
            int count = connection.Devices[device].Receive(own.Bytes);
            if (count >= 0)
            {
                _looks = (++_served & LookMask) is 0;
                _queued = false;
                own = Answer(own, own.Bytes[..count]) ? own : connection.Slots.Take();
                if (_looks && !session.KeepWorker(this, _queued))
                {
                    break;
                }
            }
            else if (-count is not (Errno.Interrupted or Errno.NoEntry or Errno.Again)) // ENOENT: interrupted before we read it
            {
                break;
            }
        }

        Volatile.Write(ref _slot, null);
        if (own is not null)
        {
            connection.Slots.Return(own);
        }
    }

    /// <summary>Goes on with a request that an agent before this one left.</summary>
    private void Redo(RequestSlot slot)
    {
        bool free = true;
        if (FuseRequest.TryRead(slot.Bytes, slot, out FuseRequest request))
        {
            SlotState state = request.Header.Operation is Operation.Write ? slot.State : SlotState.Reading;
            if (state is SlotState.Reading)
            {
                free = Answer(slot, slot.Bytes[..(int)request.Header.Length]);
                if (!free)
                {
                    signals.Mark(slot); // a signal that came before is told to nobody twice
                    session.Attend();
                }
            }
            else
            {
                FuseReply reply = new(_reply, request.Header.Unique);
                int length = state is SlotState.Begun ? dispatcher.OutcomeUnknown(request, reply)
                    : slot.Result < 0 ? reply.Error(-slot.Result)
                    : reply.Value(new WriteOut { Size = (uint)slot.Result });
                sender.Send(slot, request.Header.Operation, _reply.AsSpan(0, length));
            }
        }

        if (free)
        {
            connection.Slots.Return(slot);
        }
    }

    /// <returns>False when the request is parked and keeps its slot.</returns>
    private bool Answer(RequestSlot slot, ReadOnlySpan<byte> bytes)
    {
        if (!FuseRequest.TryRead(bytes, slot, out FuseRequest request))
        {
            return true;
        }

        InHeader header = request.Header;
        if (header.Operation is Operation.Interrupt)
        {
            if (request.TryBody(out ulong interrupted))
            {
                signals.Interrupt(interrupted);
                session.Attend();
            }

            return true;
        }

        slot.Begin(header.Unique, (int)header.Pid);
        session.Attend();
        signals.Begun(slot);
        int length = Handle(request);
        if (length is FuseReply.Later)
        {
            sender.SendLater(slot, header);
            return false;
        }

        bool mine = slot.TryAnswer(header.Unique);
        if (length is FuseReply.None || !mine)
        {
            return true;
        }

        if (header.Operation is Operation.Write)
        {
            slot.Finish(FuseReply.ResultOfWrite(_reply));
        }

        // Before the answer: the caller whom it wakes may ask again before we come to look, and one caller is no queue.
        _queued = _looks && connection.Devices[device].HasRequest;
        sender.Send(slot, header.Operation, _reply.AsSpan(0, length));
        return true;
    }

    private int Handle(in FuseRequest request)
    {
        try
        {
            return dispatcher.Dispatch(request, _reply);
        }
        catch (Exception error) // the edge of the loop: a caller waits in the kernel and must get an answer
        {
            InHeader header = request.Header;
            log.RequestFailed(error, header.Operation, header.NodeId);
            return header.Operation is Operation.Forget or Operation.BatchForget
                ? FuseReply.None
                : new FuseReply(_reply, header.Unique).Error(Errno.InputOutput);
        }
    }
}
