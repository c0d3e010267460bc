using System.Buffers.Binary;

namespace Fleet.Agent.Attestation;

/// <summary>
/// A frame of the DMTF emulator's TCP protocol, which QEMU's spdm_port speaks too: command, transport and length as big-endian dwords,
/// then the payload; with PCI DOE that is a whole data object.
/// </summary>
internal sealed record SpdmSocketFrame(uint Command, uint Transport, ReadOnlyMemory<byte> Payload)
{
    public const uint Normal = 0x0001;
    public const uint Shutdown = 0xFFFE;
    public const uint Unknown = 0xFFFF;
    public const uint Test = 0xDEAD;
    public const uint PciDoe = 2;

    private const int HeaderSize = 12;
    private const int MaxPayload = 1 << 20;

    /// <summary>Reads a frame; null at the stream's end.</summary>
    /// <exception cref="SpdmTransportException">The frame is cut off or too long.</exception>
    public static async Task<SpdmSocketFrame?> ReadAsync(Stream stream, CancellationToken ct)
    {
        byte[] header = new byte[HeaderSize];
        int read = await stream.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, ct);
        if (read == 0)
        {
            return null;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8));
        if (read < HeaderSize || length > MaxPayload)
        {
            throw new SpdmTransportException(read < HeaderSize ? "The connection ended within a frame." : $"A frame of {length} bytes is announced; {MaxPayload} are taken.");
        }

        byte[] payload = new byte[length];
        if (await stream.ReadAtLeastAsync(payload, payload.Length, throwOnEndOfStream: false, ct) < payload.Length)
        {
            throw new SpdmTransportException("The connection ended within a frame.");
        }

        return new(BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)), payload);
    }

    /// <summary>Writes the frame in one piece.</summary>
    public async Task WriteAsync(Stream stream, CancellationToken ct)
    {
        byte[] bytes = new byte[HeaderSize + Payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Command);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Transport);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), (uint)Payload.Length);
        Payload.CopyTo(bytes.AsMemory(HeaderSize));
        await stream.WriteAsync(bytes, ct);
        await stream.FlushAsync(ct);
    }
}
