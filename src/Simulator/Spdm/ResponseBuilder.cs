using System.Buffers.Binary;
using Fleet.Spdm;

namespace Fleet.Simulator.Spdm;

/// <summary>Writes a response field by field.</summary>
internal sealed class ResponseBuilder
{
    private readonly List<byte> _bytes;

    public ResponseBuilder(SpdmVersion version, SpdmCode code, byte param1 = 0, byte param2 = 0) => _bytes = [(byte)version, (byte)code, param1, param2];

    private ResponseBuilder() => _bytes = [];

    /// <summary>A blob that is no message.</summary>
    public static ResponseBuilder Blob() => new();

    public static byte[] Error(SpdmVersion version, byte code, byte data = 0, params ReadOnlySpan<byte> extended) =>
        [(byte)version, (byte)SpdmCode.Error, code, data, .. extended];

    public ResponseBuilder Byte(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public ResponseBuilder UInt16(int value) => Number((uint)value, 2);

    public ResponseBuilder UInt24(int value) => Number((uint)value, 3);

    public ResponseBuilder UInt32(uint value) => Number(value, 4);

    public ResponseBuilder Zeros(int count) => Bytes(new byte[count]);

    public ResponseBuilder Bytes(ReadOnlySpan<byte> value)
    {
        _bytes.AddRange(value);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    private ResponseBuilder Number(uint value, int size)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Bytes(bytes[..size]);
    }
}
