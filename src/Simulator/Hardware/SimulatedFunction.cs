using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Simulator.Hardware;

/// <summary>
/// One function's configuration space as hardware shows it. An access is split into cycles as Linux does: a leading byte and word
/// up to the dword boundary, dwords, a trailing word and byte. Counts the write cycles that reach it.
/// </summary>
internal sealed class SimulatedFunction(PciAddress address, RegisterFile registers, IReadOnlyList<SimulatedMailbox> mailboxes) : IConfigSpace
{
    private readonly Lock _gate = new();
    private long _writes;

    public PciAddress Address => address;

    public int Size => registers.Size;

    public IReadOnlyList<SimulatedMailbox> Mailboxes => mailboxes;

    /// <summary>Write cycles since the function exists.</summary>
    public long WriteCycles => Interlocked.Read(ref _writes);

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        if (offset < 0 || destination.IsEmpty || offset > Size - destination.Length)
        {
            return ConfigResult.Failed(ConfigStatus.OutOfRange);
        }

        lock (_gate)
        {
            if (mailboxes.Any(m => m.Vanished))
            {
                destination.Fill(0xff); // Nobody answers on the bus.
                return ConfigResult.Done(destination.Length);
            }

            for (int done = 0; done < destination.Length;)
            {
                int width = Width(offset + done, destination.Length - done);
                ReadCycle(offset + done, destination.Slice(done, width));
                done += width;
            }
        }

        return ConfigResult.Done(destination.Length);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        if (offset < 0 || source.IsEmpty || offset > Size - source.Length)
        {
            return ConfigResult.Failed(ConfigStatus.OutOfRange);
        }

        lock (_gate)
        {
            for (int done = 0; done < source.Length;)
            {
                int width = Width(offset + done, source.Length - done);
                WriteCycle(offset + done, source.Slice(done, width));
                done += width;
            }
        }

        return ConfigResult.Done(source.Length);
    }

    private static int Width(int offset, int left) => (offset & 1) != 0 || left is 1 ? 1 : (offset & 2) != 0 || left < 4 ? 2 : 4;

    private SimulatedMailbox? MailboxAt(int offset, out int register)
    {
        foreach (SimulatedMailbox mailbox in mailboxes)
        {
            register = offset - mailbox.Offset;
            if (register is >= DoeRegisters.Control and < DoeRegisters.BlockSize)
            {
                return mailbox;
            }
        }

        register = 0;
        return null;
    }

    private void ReadCycle(int offset, Span<byte> destination)
    {
        if (MailboxAt(offset, out int register) is not { } mailbox)
        {
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = registers[offset + i];
            }

            return;
        }

        // The mailbox registers know whole dwords only; Control and Status may be read in parts.
        bool data = register >= DoeRegisters.WriteData;
        uint value = data && destination.Length != 4 ? 0 : mailbox.Read(register & ~3);
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)(value >> (8 * ((register & 3) + i)));
        }
    }

    private void WriteCycle(int offset, ReadOnlySpan<byte> source)
    {
        Interlocked.Increment(ref _writes);
        if (MailboxAt(offset, out int register) is { } mailbox)
        {
            if (source.Length is 4)
            {
                mailbox.Write(register, BitConverter.ToUInt32(source));
            }

            return;
        }

        for (int i = 0; i < source.Length; i++)
        {
            registers.Write8(offset + i, source[i]);
        }
    }
}
