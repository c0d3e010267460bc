using Fleet.Pci;

namespace Fleet.Fuzzing.ConfigSpaces;

/// <summary>A space whose accesses fail now and then, and which checks the manners of whoever reads it.</summary>
internal sealed class UnreliableSpace(ConfigSpaceCase @case) : IConfigSpace
{
    private Dice _dice = Dice.Of(@case.Seed, 1);

    public PciAddress Address => default;

    public int Size => @case.Size;

    public int ReadCount { get; private set; }

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        ReadCount++;
        Check.That(offset % 4 is 0 && destination.Length is 4);
        Check.That(offset >= 0 && offset <= Size - 4);
        int dice = @case.FailuresIn1000 is 0 ? 1000 : _dice.Next(1000);
        if (dice < @case.FailuresIn1000)
        {
            return dice % 2 == 0 ? ConfigResult.Failed((ConfigStatus)_dice.Next(1, 6)) : ConfigResult.Done(_dice.Next(4));
        }

        @case.Bytes.AsSpan(offset, 4).CopyTo(destination);
        return ConfigResult.Done(4);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source) => throw new FuzzException("Reading must not write.");
}
