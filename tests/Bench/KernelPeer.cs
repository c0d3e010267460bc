using System.Buffers.Binary;
using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Bench;

/// <summary>
/// Exchanges as the Linux kernel does them (drivers/pci/doe.c, from 6.13 on): spins while Busy, writes the object and Go, then looks
/// every 1/128 second, and looks again before the last acknowledgement.
/// </summary>
internal sealed class KernelPeer(IConfigSpace space, int offset, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1) / 128;

    public async Task<uint[]> ExchangeAsync(DoeFeature feature, uint[] payload)
    {
        while ((Read(DoeRegisters.Status) & DoeRegisters.StatusBusy) != 0)
        {
            // The kernel spins here too.
        }

        DoeHeader header = new(feature, payload.Length + DoeHeader.Dwords);
        foreach (uint dword in (uint[])[header.First, header.Second, .. payload])
        {
            Write(DoeRegisters.WriteData, dword);
        }

        Write(DoeRegisters.Control, DoeRegisters.ControlGo);
        while ((Read(DoeRegisters.Status) & DoeRegisters.StatusReady) == 0)
        {
            await Task.Delay(Interval, time);
        }

        Read(DoeRegisters.ReadData);
        Write(DoeRegisters.ReadData, 0);
        uint[] response = new uint[(Read(DoeRegisters.ReadData) & 0x3_ffff) - DoeHeader.Dwords];
        Write(DoeRegisters.ReadData, 0);
        for (int i = 0; i < response.Length; i++)
        {
            response[i] = Read(DoeRegisters.ReadData);
            Write(DoeRegisters.ReadData, 0);
        }

        return response;
    }

    private uint Read(int register)
    {
        Span<byte> bytes = stackalloc byte[4];
        space.Read(offset + register, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private void Write(int register, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        space.Write(offset + register, bytes);
    }
}
