using System.Buffers.Binary;
using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>Takes note of what passes through to a mailbox without going by its queue: the first suspects when an exchange goes wrong.</summary>
internal sealed class MailboxTraffic(MailboxFaults faults, TimeProvider time)
{
    /// <summary>A write is about to reach the function.</summary>
    public void Writes(BrokeredFunction function, int offset, ReadOnlySpan<byte> source, Caller caller)
    {
        foreach (Mailbox mailbox in function.Mailboxes)
        {
            if (!mailbox.Overlaps(offset, source.Length))
            {
                continue;
            }

            mailbox.Witness(caller, time.GetTimestamp());
            int register = offset - mailbox.Offset;
            if (source.Length is 4 && mailbox.Watch.Write(caller, register, BinaryPrimitives.ReadUInt32LittleEndian(source)) is { } initiator)
            {
                faults.Interleaved(function, mailbox, caller, initiator, register switch
                {
                    DoeRegisters.WriteData => "wrote into the write mailbox",
                    DoeRegisters.ReadData => "took a dword of the response",
                    _ => "said Go or Abort",
                });
            }
        }
    }

    /// <summary>A read has been answered by the function.</summary>
    public static void Read(BrokeredFunction function, int offset, ReadOnlySpan<byte> data, Caller caller)
    {
        foreach (Mailbox mailbox in function.Mailboxes)
        {
            if (data.Length is 4 && mailbox.Watch.Open && offset == mailbox.Offset + DoeRegisters.ReadData)
            {
                mailbox.Watch.Read(caller, DoeRegisters.ReadData, BinaryPrimitives.ReadUInt32LittleEndian(data));
            }
        }
    }
}
