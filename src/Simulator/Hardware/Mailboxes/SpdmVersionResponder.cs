using System.Buffers.Binary;
using Fleet.Pci.Doe;

namespace Fleet.Simulator.Hardware.Mailboxes;

/// <summary>
/// An SPDM responder (DSP0274) that negotiates the version and supports nothing beyond: every other request is answered
/// with ERROR, code UnsupportedRequest, as the specification has it.
/// </summary>
internal sealed class SpdmVersionResponder : IDoeResponder
{
    private const byte GetVersion = 0x84;
    private const byte Version = 0x04;
    private const byte Error = 0x7f;
    private const byte UnsupportedRequest = 0x07;
    private const byte InvalidRequest = 0x01;

    public DoeFeature Feature => DoeFeature.CmaSpdm;

    public uint[]? Answer(uint[] payload)
    {
        if (payload.Length is 0)
        {
            return Dwords([0x10, Error, InvalidRequest, 0]);
        }

        byte version = (byte)payload[0];
        byte code = (byte)(payload[0] >> 8);
        return code is GetVersion
            ? Dwords([0x10, Version, 0, 0, 0, 1, 0x00, 0x12]) // One entry: 1.2.
            : Dwords([version, Error, UnsupportedRequest, code]);
    }

    private static uint[] Dwords(ReadOnlySpan<byte> bytes)
    {
        uint[] dwords = new uint[bytes.Length / 4];
        for (int i = 0; i < dwords.Length; i++)
        {
            dwords[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * 4)..]);
        }

        return dwords;
    }
}
