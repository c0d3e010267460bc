using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Fuse.Requests;

namespace Fleet.Agent.Fuse;

/// <summary>A request as it came from the kernel. Its lengths are checked once, here; nothing behind trusts a raw byte.</summary>
internal readonly ref struct FuseRequest
{
    private const int NameLimit = 255;

    private FuseRequest(InHeader header, ReadOnlySpan<byte> body, RequestSlot? slot)
    {
        Header = header;
        Body = body;
        Slot = slot;
    }

    public InHeader Header { get; }

    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Where it lies; an access that is parked stays there. Null where nothing can be parked.</summary>
    public RequestSlot? Slot { get; }

    public static bool TryRead(ReadOnlySpan<byte> bytes, RequestSlot? slot, out FuseRequest request)
    {
        request = default;
        if (!MemoryMarshal.TryRead(bytes, out InHeader header) || header.Length < InHeader.Size || header.Length > bytes.Length)
        {
            return false;
        }

        request = new FuseRequest(header, bytes[InHeader.Size..(int)header.Length], slot);
        return true;
    }

    /// <summary>The structure at the beginning of the body.</summary>
    public bool TryBody<T>(out T value)
        where T : unmanaged => MemoryMarshal.TryRead(Body, out value);

    /// <summary>What follows that structure; call it only after <see cref="TryBody{T}"/> succeeded.</summary>
    public ReadOnlySpan<byte> After<T>()
        where T : unmanaged => Body[Unsafe.SizeOf<T>()..];

    /// <summary>The body as one name inside a directory.</summary>
    public bool TryName([NotNullWhen(true)] out string? name)
    {
        int end = Body.IndexOf((byte)0);
        name = end is > 0 and <= NameLimit ? Encoding.UTF8.GetString(Body[..end]) : null;
        if (name is null or "." or ".." || name.Contains('/', StringComparison.Ordinal))
        {
            name = null;
        }

        return name is not null;
    }
}
