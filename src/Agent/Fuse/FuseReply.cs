using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fleet.Agent.Fuse.Protocol;

namespace Fleet.Agent.Fuse;

/// <summary>Builds one reply in a worker's buffer. Every method returns the reply's length; 0 means that none is due.</summary>
internal readonly ref struct FuseReply(Span<byte> buffer, ulong unique)
{
    /// <summary>FORGET and INTERRUPT have no reply.</summary>
    public const int None = 0;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>Where the payload goes.</summary>
    public Span<byte> Payload => _buffer[OutHeader.Size..];

    public int Error(int error) => Finish(0, -error);

    public int Empty() => Finish(0, 0);

    /// <summary>A reply whose payload is already in place.</summary>
    public int Bytes(int count) => Finish(count, 0);

    public int Value<T>(in T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(Payload, in value);
        return Finish(Unsafe.SizeOf<T>(), 0);
    }

    private int Finish(int payload, int error)
    {
        int length = OutHeader.Size + payload;
        MemoryMarshal.Write(_buffer, new OutHeader { Length = (uint)length, Error = error, Unique = unique });
        return length;
    }
}
