using System.Buffers.Binary;

namespace Fleet.DoeTool;

/// <summary>
/// Talks SPDM 1.2 with the responder behind a mailbox as a requester does that believes to be alone: from GET_VERSION to a few portions of
/// the certificate chain. The responder remembers one conversation: when another requester begins its own in the middle, this one is over.
/// </summary>
internal sealed class SpdmConversation(Mailbox mailbox, uint name)
{
    private const uint Spdm = 0x01_0001;
    private const int Portions = 6;
    private const byte Version = 0x12;

    private static readonly byte[] GetVersion = [0x10, 0x84, 0, 0];

    private static readonly byte[] GetCapabilities = [Version, 0xe1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x12, 0, 0, 0x00, 0x12, 0, 0];

    // Measurements as the DMTF says; ECDSA P-256 and P-384; SHA-256 and SHA-384; nothing else, and no tables.
    private static readonly byte[] NegotiateAlgorithms =
        [Version, 0xe3, 0, 0, 32, 0, 1, 0, 0x90, 0, 0, 0, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static readonly byte[] GetDigests = [Version, 0x81, 0, 0];

    // Each requester asks for portions of a size of its own, so that it knows another's.
    private readonly ushort _portion = (ushort)(32 + (4 * name));
    private int _step;
    private int _chain;

    /// <summary>Sends the next request of the conversation; after the last one begins another.</summary>
    public void Step()
    {
        int step = _step;
        _step = 0; // where it begins again after a failure
        switch (step)
        {
            case 0:
                Ask(GetVersion, 0x04);
                break;
            case 1:
                Ask(GetCapabilities, 0x61);
                break;
            case 2:
                Ask(NegotiateAlgorithms, 0x63);
                break;
            case 3:
                Ask(GetDigests, 0x01);
                _chain = 0;
                break;
            default:
                ReadPortion((step - 4) * _portion);
                break;
        }

        _step = step is 3 + Portions ? 0 : step + 1;
    }

    private void ReadPortion(int offset)
    {
        byte[] request = [Version, 0x82, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(4), (ushort)offset);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(6), _portion);
        byte[] response = Ask(request, 0x02);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(response.AsSpan(4));
        int chain = offset + length + BinaryPrimitives.ReadUInt16LittleEndian(response.AsSpan(6));
        if (length != _portion || (offset > 0 && chain != _chain))
        {
            throw new DoeToolException("wrong", $"{length} bytes at {offset} of a chain of {chain}: {_portion} were asked for, of a chain of {_chain}.");
        }

        _chain = chain;
    }

    private byte[] Ask(byte[] request, byte expected)
    {
        uint[] payload = [.. request.Chunk(4).Select(bytes => BinaryPrimitives.ReadUInt32LittleEndian(bytes))];
        uint[] response = mailbox.Exchange(Spdm, payload);
        byte[] message = [.. response.Skip(2).SelectMany(BitConverter.GetBytes)];
        return (response[0] & 0xff_ffff) is Spdm && message.Length >= 4 && message[1] == expected
            ? message
            : throw new DoeToolException("wrong", $"The answer to {request[1]:x2} is {Convert.ToHexStringLower(message.AsSpan(0, Math.Min(8, message.Length)))}.");
    }
}
