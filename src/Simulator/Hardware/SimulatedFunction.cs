using System.Buffers.Binary;
using Fleet.Pci;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware.Faults;
using Fleet.Simulator.Hardware.Mailboxes;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Hardware;

/// <summary>
/// One function's configuration space as hardware shows it. An access is split into cycles as Linux does: a leading byte and word
/// up to the dword boundary, dwords, a trailing word and byte. Counts the write cycles that reach it.
/// </summary>
internal sealed class SimulatedFunction(PciAddress address, RegisterFile registers, IReadOnlyList<SimulatedMailbox> mailboxes) : IConfigSpace
{
    private readonly Lock _gate = new();
    private readonly RegisterFile _sound = registers.Copy(registers.Size);
    private RegisterFile _registers = registers;
    private ConfigFault _configFault;
    private bool _unplugged;
    private long _writes;

    /// <summary>Told once when a mailbox's fault has the function pulled out; called outside of its lock.</summary>
    public Action<SimulatedFunction>? PulledOut { get; set; }

    public PciAddress Address => address;

    public int Size => _registers.Size;

    public IReadOnlyList<SimulatedMailbox> Mailboxes => mailboxes;

    /// <summary>Write cycles since the function exists.</summary>
    public long WriteCycles => Interlocked.Read(ref _writes);

    /// <summary>What is wrong with its configuration space. Setting it puts the registers back to how they began, as a new card would have them.</summary>
    public ConfigFault ConfigFault
    {
        get => _configFault;
        set
        {
            lock (_gate)
            {
                _configFault = value;
                _registers = ConfigBreaker.Break(_sound, value);
            }
        }
    }

    /// <summary>Sets what is wrong with a mailbox.</summary>
    public void SetFault(SimulatedMailbox mailbox, MailboxFault fault)
    {
        lock (_gate)
        {
            mailbox.Fault = fault;
        }
    }

    /// <summary>Sets what is wrong with the responder behind a mailbox. It starts anew, as a device does whose firmware was changed.</summary>
    public void SetFault(SpdmMailboxResponder responder, ResponderFault fault)
    {
        lock (_gate)
        {
            responder.Fault = fault;
        }
    }

    /// <summary>Pulls it out: from now on every access ends with "gone", as on a file of sysfs whose function was removed.</summary>
    public void Unplug()
    {
        lock (_gate)
        {
            _unplugged = true;
        }
    }

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        lock (_gate)
        {
            if (_unplugged || offset < 0 || destination.IsEmpty || offset > Size - destination.Length)
            {
                return ConfigResult.Failed(_unplugged ? ConfigStatus.Gone : ConfigStatus.OutOfRange);
            }

            if (Silent)
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
        bool pulled = false;
        lock (_gate)
        {
            if (_unplugged || offset < 0 || source.IsEmpty || offset > Size - source.Length)
            {
                return ConfigResult.Failed(_unplugged ? ConfigStatus.Gone : ConfigStatus.OutOfRange);
            }

            for (int done = 0; done < source.Length && !Silent;)
            {
                int width = Width(offset + done, source.Length - done);
                WriteCycle(offset + done, source.Slice(done, width));
                done += width;
            }

            foreach (SimulatedMailbox mailbox in mailboxes)
            {
                pulled |= mailbox.Unplugged;
            }

            _unplugged |= pulled;
        }

        if (pulled)
        {
            PulledOut?.Invoke(this);
        }

        return ConfigResult.Done(source.Length);
    }

    /// <summary>True while it does not answer: reads are all ones and writes reach nothing.</summary>
    private bool Silent
    {
        get
        {
            foreach (SimulatedMailbox mailbox in mailboxes)
            {
                if (mailbox.Vanished)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>True when a fault put something else where the mailboxes were.</summary>
    private bool Overwritten => _configFault is ConfigFault.AllOnes or ConfigFault.AllZero or ConfigFault.Alias or ConfigFault.TooMany;

    private static int Width(int offset, int left) => (offset & 1) != 0 || left is 1 ? 1 : (offset & 2) != 0 || left < 4 ? 2 : 4;

    private SimulatedMailbox? MailboxAt(int offset, out int register)
    {
        foreach (SimulatedMailbox mailbox in mailboxes)
        {
            register = offset - mailbox.Offset;
            if (register is >= DoeRegisters.Control and < DoeRegisters.BlockSize && !Overwritten)
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
                destination[i] = _registers[offset + i];
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
                mailbox.Write(register, BinaryPrimitives.ReadUInt32LittleEndian(source));
            }

            return;
        }

        for (int i = 0; i < source.Length; i++)
        {
            _registers.Write8(offset + i, source[i]);
        }
    }
}
