using System.Buffers.Binary;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware.Mailboxes;

namespace Fleet.Simulator.Hardware.Cdat;

/// <summary>Table access (CXL, section 8.1.11): one entry of the table for each request, with the handle of the next.</summary>
internal sealed class CdatResponder(CdatTable table) : IDoeResponder
{
    private const uint Last = 0xffff;
    private readonly IReadOnlyList<byte[]> _entries = table.Entries;

    public DoeFeature Feature => DoeFeature.CxlTableAccess;

    public uint[]? Answer(uint[] payload)
    {
        // Request: code 0 (read), table type 0 (CDAT), entry handle.
        if (payload is not [uint request] || (request & 0xffff) is not 0 || request >> 16 >= _entries.Count)
        {
            return null;
        }

        int handle = (int)(request >> 16);
        byte[] entry = _entries[handle];
        uint next = handle + 1 == _entries.Count ? Last : (uint)handle + 1;
        uint[] answer = new uint[1 + (entry.Length / 4)];
        answer[0] = next << 16;
        for (int i = 1; i < answer.Length; i++)
        {
            answer[i] = BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan((i - 1) * 4));
        }

        return answer;
    }
}
