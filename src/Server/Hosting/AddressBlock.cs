using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Fleet.Server.Hosting;

/// <summary>
/// Addresses that one machine can choose among: one IPv4 address, or the 2^64 of an IPv6 subnet. Who is bounded by address is bounded by these.
/// </summary>
internal readonly record struct AddressBlock(ulong Prefix, bool Version6)
{
    /// <summary>The block of an address; null, which a connection may have that is none of IP, is a block of its own.</summary>
    public static AddressBlock Of(IPAddress? address)
    {
        if (address is null)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily is AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
        {
            address.TryWriteBytes(bytes, out _);
            return new AddressBlock(BinaryPrimitives.ReadUInt64BigEndian(bytes), true);
        }

        address.MapToIPv4().TryWriteBytes(bytes, out _);
        return new AddressBlock(BinaryPrimitives.ReadUInt32BigEndian(bytes), false);
    }
}
