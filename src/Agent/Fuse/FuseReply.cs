using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fleet.Agent.Fuse.Protocol;

namespace Fleet.Agent.Fuse;

/// <summary>Builds one reply in a worker's buffer. Every method returns the reply's length; 0 means that none is due, <see cref="Later"/> that it comes by itself.</summary>
internal readonly ref struct FuseReply(Span<byte> buffer, ulong unique)
{
    /// <summary>FORGET and INTERRUPT have no reply.</summary>
    public const int None = 0;

    /// <summary>The access is parked: its completion sends the reply.</summary>
    public const int Later = -1;

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

    /// <summary>The number of the request that a reply is to.</summary>
    public static ulong UniqueOf(ReadOnlySpan<byte> reply) => MemoryMarshal.Read<OutHeader>(reply).Unique;

    /// <summary>What a reply to a write says: bytes written, or a negative error number.</summary>
    public static int ResultOfWrite(ReadOnlySpan<byte> reply) => MemoryMarshal.Read<OutHeader>(reply) is { Error: not 0 } failed
        ? failed.Error
        : (int)MemoryMarshal.Read<WriteOut>(reply[OutHeader.Size..]).Size;

    private int Finish(int payload, int error)
    {
        int length = OutHeader.Size + payload;
        MemoryMarshal.Write(_buffer, new OutHeader { Length = (uint)length, Error = error, Unique = unique });
        return length;
    }
}
