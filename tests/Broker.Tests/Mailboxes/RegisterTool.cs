using System.Buffers.Binary;
using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker.Tests.Mailboxes;

/// <summary>A tool that drives a mailbox by register through the broker, one access at a time.</summary>
internal sealed class RegisterTool(HostBroker broker, BrokeredFunction function, Caller caller, int offset = DoeFunction.Offset)
{
    public Caller Caller => caller;

    public uint Read(int register)
    {
        byte[] bytes = new byte[4];
        AccessResult result = broker.Read(function, offset + register, bytes, caller);
        Assert.Equal(new AccessResult(AccessStatus.Done, 4), result);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public uint Status() => Read(DoeRegisters.Status);

    public AccessResult Write(int register, uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return broker.Write(function, offset + register, bytes, caller);
    }

    /// <summary>Writes an object and says Go.</summary>
    public AccessResult Send(DoeFeature feature, params uint[] payload)
    {
        Put(feature, payload);
        return Write(DoeRegisters.Control, DoeRegisters.ControlGo);
    }

    /// <summary>Writes an object.</summary>
    public void Put(DoeFeature feature, params uint[] payload)
    {
        foreach (uint dword in (uint[])[feature.Vendor | ((uint)feature.Type << 16), (uint)payload.Length + 2, .. payload])
        {
            Done(Write(DoeRegisters.WriteData, dword));
        }
    }

    /// <summary>Takes the response, dword by dword.</summary>
    public uint[] Receive()
    {
        List<uint> dwords = [];
        while ((Status() & DoeRegisters.StatusReady) != 0)
        {
            dwords.Add(Read(DoeRegisters.ReadData));
            Done(Write(DoeRegisters.ReadData, 0));
        }

        return [.. dwords];
    }

    private static void Done(AccessResult result) => Assert.Equal(new AccessResult(AccessStatus.Done, 4), result);
}
