using Fleet.Pci;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>A configuration space that counts the writes that reach it.</summary>
internal sealed class RecordingSpace(PciAddress address, byte[] bytes) : IConfigSpace
{
    public PciAddress Address => address;

    public int Size => bytes.Length;

    public List<(int Offset, byte[] Data)> Writes { get; } = [];

    public List<(int Offset, int Length)> Reads { get; } = [];

    public ConfigStatus Answer { get; set; } = ConfigStatus.Done;

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        Reads.Add((offset, destination.Length));
        if (Answer is not ConfigStatus.Done)
        {
            return ConfigResult.Failed(Answer);
        }

        bytes.AsSpan(offset, destination.Length).CopyTo(destination);
        return ConfigResult.Done(destination.Length);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        Writes.Add((offset, source.ToArray()));
        return Answer is ConfigStatus.Done ? ConfigResult.Done(source.Length) : ConfigResult.Failed(Answer);
    }
}
