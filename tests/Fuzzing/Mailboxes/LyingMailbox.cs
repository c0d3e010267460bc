using System.Buffers.Binary;
using Fleet.Pci;
using Fleet.Pci.Doe;
using Fleet.Testing;

namespace Fleet.Fuzzing.Mailboxes;

/// <summary>A mailbox that lies as its case says, and keeps what was read from it and written to it.</summary>
internal sealed class LyingMailbox : IConfigSpace
{
    public const int Offset = 0x200;

    private readonly MailboxCase _case;
    private readonly DoeDevice _device;
    private int _step;
    private uint _control; // As read last, to see whether the bits of others survive.
    private uint _status;
    private uint _data;

    public LyingMailbox(MailboxCase @case, TimeProvider time)
    {
        _case = @case;
        Dice dice = Dice.Of(@case.Seed, -1);
        int delay = dice.Next(1200);
        int tamper = dice.Next(12);
        uint noise = (uint)dice.Next();
        int place = dice.Next(64);
        _device = new DoeDevice(time, Offset)
        {
            Faults = @case.Faults,
            ResponseDelay = TimeSpan.FromMilliseconds(delay),
            Error = dice.Next(16) is 0,
            Tamper = dwords => Tamper(dwords, tamper, place, noise),
        };
        if (dice.Next(16) is 0)
        {
            _device.LeaveResponse(DoeFeature.CmaSpdm, new byte[dice.Next(64)]);
        }
    }

    /// <summary>The reads that lied, by their number.</summary>
    public List<(int Step, int Register, uint Value)> Lies { get; } = [];

    /// <summary>The dwords acknowledged since the last Go, as they were read.</summary>
    public List<uint> Taken { get; } = [];

    /// <summary>Status as it was read last before the last acknowledgement.</summary>
    public uint StatusAtLastTaken { get; private set; }

    /// <summary>Writes to the mailbox so far.</summary>
    public int Writes { get; private set; }

    public bool Went { get; private set; }

    public PciAddress Address => default;

    public int Size => ConfigImage.ExtendedSize;

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        Check.That(destination.Length is 4 && offset % 4 is 0);
        ConfigResult result = _device.Read(offset, destination);
        int step = _step++;
        int register = offset - Offset;
        Dice dice = Dice.Of(_case.Seed, step + 1);
        if (dice.Next(1_000_000) < _case.LiesInMillion && (_case.Kept is null || _case.Kept.Contains(step)))
        {
            result = Lie(ref dice, destination);
            Lies.Add((step, register, BinaryPrimitives.ReadUInt32LittleEndian(destination)));
        }

        uint value = BinaryPrimitives.ReadUInt32LittleEndian(destination);
        switch (register)
        {
            case DoeRegisters.Control:
                _control = value;
                break;
            case DoeRegisters.Status:
                _status = value;
                break;
            case DoeRegisters.ReadData:
                _data = value;
                break;
            default:
                break;
        }

        return result;
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        Check.That(source.Length is 4);
        int register = offset - Offset;
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(source);
        Check.That(register is DoeRegisters.Control or DoeRegisters.WriteData or DoeRegisters.ReadData);
        Writes++;
        if (register is DoeRegisters.Control)
        {
            Check.That((value & DoeRegisters.ControlPreserve) == (_control & DoeRegisters.ControlPreserve));
            if ((value & DoeRegisters.ControlGo) != 0)
            {
                Went = true;
                Taken.Clear();
            }
        }
        else if (register is DoeRegisters.ReadData)
        {
            Taken.Add(_data);
            StatusAtLastTaken = _status;
        }

        return _device.Write(offset, source);
    }

    private static ConfigResult Lie(ref Dice dice, Span<byte> destination)
    {
        uint truth = BinaryPrimitives.ReadUInt32LittleEndian(destination);
        int kind = dice.Next(8);
        uint value = kind switch
        {
            0 => uint.MaxValue,
            1 => 0,
            2 or 3 => truth ^ (1u << dice.Next(32)),
            4 => truth ^ DoeRegisters.StatusReady,
            _ => (uint)dice.Next(),
        };
        BinaryPrimitives.WriteUInt32LittleEndian(destination, value);
        return kind is 7 ? dice.Next(2) is 0 ? ConfigResult.Failed((ConfigStatus)dice.Next(1, 6)) : ConfigResult.Done(dice.Next(4)) : ConfigResult.Done(4);
    }

    /// <summary>What is wrong with the object itself: its type, its length, an end too early, more behind it.</summary>
    private static void Tamper(List<uint> dwords, int kind, int place, uint noise)
    {
        switch (kind)
        {
            case 0:
                dwords[0] ^= 1u << (place % 24);
                break;
            case 1:
                dwords[1] = noise;
                break;
            case 2:
                dwords[1] = (dwords[1] & ~0xffu) | (uint)place;
                break;
            case 3 when dwords.Count > 2:
                dwords.RemoveRange(2, Math.Min(place, dwords.Count - 2));
                break;
            case 4:
                dwords.AddRange(Enumerable.Repeat(noise, place));
                break;
            default:
                break;
        }
    }
}
