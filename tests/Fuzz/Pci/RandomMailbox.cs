using System.Buffers.Binary;
using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Fuzz.Tests.Pci;

/// <summary>A mailbox whose registers read whatever the dice say, and which keeps and checks what is written to it.</summary>
internal sealed class RandomMailbox(Random random, int mailbox) : IConfigSpace
{
    private readonly int _calm = random.Next(2, 400);
    private readonly uint _before =
        Sometimes(random, DoeRegisters.StatusBusy) | Sometimes(random, DoeRegisters.StatusReady) | Sometimes(random, DoeRegisters.StatusError);
    private readonly uint _after =
        Sometimes(random, DoeRegisters.StatusReady) ^ Sometimes(random, DoeRegisters.StatusBusy) ^ DoeRegisters.StatusReady;
    private uint _control; // As read last, to see whether the bits of others survive.

    public List<(int Register, uint Value)> Writes { get; } = [];

    public PciAddress Address => default;

    public int Size => 0x1000;

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        uint value = (offset - mailbox) switch
        {
            DoeRegisters.Header => random.Next(_calm) == 0 ? Any() : 0x0002_002e,
            DoeRegisters.Control => _control = random.Next(_calm) == 0 ? Any() : 0x6,
            DoeRegisters.Status => Status(),
            DoeRegisters.ReadData => Data(),
            _ => Any(),
        };
        BinaryPrimitives.WriteUInt32LittleEndian(destination, value);
        return random.Next(_calm * 10) == 0 ? ConfigResult.Failed((ConfigStatus)random.Next(1, 6)) : ConfigResult.Done(4);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        Assert.Equal(4, source.Length);
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(source);
        Writes.Add((offset - mailbox, value));
        if (offset - mailbox is DoeRegisters.Control)
        {
            Assert.Equal(_control & DoeRegisters.ControlPreserve, value & DoeRegisters.ControlPreserve);
        }

        return random.Next(_calm * 10) == 0 ? ConfigResult.Failed((ConfigStatus)random.Next(1, 6)) : ConfigResult.Done(4);
    }

    private uint Any() => random.Next(4) == 0 ? uint.MaxValue : (uint)random.Next();

    private uint Status()
    {
        bool went = Writes.Exists(write => write is { Register: DoeRegisters.Control, Value: >= DoeRegisters.ControlGo });
        return random.Next(_calm) == 0 ? Any() : 0x10 | (went ? _after : _before);
    }

    /// <summary>A header that fits more often than not, then any data.</summary>
    private uint Data() => Writes.Count(write => write.Register is DoeRegisters.ReadData) switch
    {
        0 when random.Next(8) != 0 => new DoeHeader(DoeFeature.CmaSpdm, 2).First,
        1 when random.Next(8) != 0 => (uint)random.Next(0, 80),
        _ => Any(),
    };

    private static uint Sometimes(Random random, uint bit) => random.Next(8) == 0 ? bit : 0;
}
