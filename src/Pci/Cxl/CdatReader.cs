using System.Buffers.Binary;
using System.Globalization;
using Fleet.Pci.Doe;

namespace Fleet.Pci.Cxl;

/// <summary>
/// Reads a device's CDAT, one entry an exchange (CXL 3.1, section 8.1.11.1). The device chooses the next handle, so the loop is ours to
/// end: never the same handle twice, and never more bytes than <see cref="CdatTable.MaximumSize"/>.
/// </summary>
public static class CdatReader
{
    private const ushort LastHandle = 0xffff;
    private const int ResponseHeadSize = 4;

    /// <summary>Reads the table over any exchange, so that the caller's queue, journal and limits apply.</summary>
    /// <param name="exchange">Exchanges one data object with the mailbox.</param>
    /// <param name="ct">Stops between or within exchanges.</param>
    public static async Task<CdatReadResult> RunAsync(
        Func<DoeFeature, ReadOnlyMemory<byte>, CancellationToken, Task<DoeOutcome>> exchange, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        HashSet<ushort> asked = [];
        List<byte> table = [];
        ushort handle = 0;
        do
        {
            if (!asked.Add(handle))
            {
                return Stop(table, asked.Count, DoeFailure.DiscoveryLoop, Text($"The device leads back to entry {handle} after {asked.Count} entries."));
            }

            DoeOutcome outcome = await exchange(DoeFeature.CxlTableAccess, Request(handle), ct);
            if (outcome.Failure is { } failure)
            {
                return Stop(table, asked.Count, failure, Text($"Reading entry {handle} failed. {outcome.Detail}"));
            }

            if (Check(outcome.Payload, handle, table.Count) is { } problem)
            {
                return Stop(table, asked.Count, problem.Failure, problem.Detail);
            }

            table.AddRange(outcome.Payload.AsSpan(ResponseHeadSize));
            handle = BinaryPrimitives.ReadUInt16LittleEndian(outcome.Payload.AsSpan(2));
        }
        while (handle != LastHandle);

        return new CdatReadResult([.. table], asked.Count, null, Text($"The table has {table.Count} bytes in {asked.Count} entries."));
    }

    private static byte[] Request(ushort handle)
    {
        byte[] payload = new byte[4]; // Code 0 reads, table type 0 is CDAT.
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(2), handle);
        return payload;
    }

    private static (DoeFailure Failure, string Detail)? Check(byte[] payload, ushort handle, int have)
    {
        if (payload.Length < ResponseHeadSize)
        {
            return (DoeFailure.LengthMismatch, Text($"The response for entry {handle} has no head."));
        }

        if (payload[0] != 0 || payload[1] != 0)
        {
            return (DoeFailure.Malformed, Text($"The response for entry {handle} has code {payload[0]} and table type {payload[1]} instead of 0 and 0."));
        }

        int length = payload.Length - ResponseHeadSize;
        if (handle == 0 && length != CdatHeader.Size)
        {
            return (DoeFailure.LengthMismatch, Text($"Entry 0 has {length} bytes; the header of a CDAT has {CdatHeader.Size}."));
        }

        if (length == 0)
        {
            return (DoeFailure.LengthMismatch, Text($"Entry {handle} is empty."));
        }

        return have + length > CdatTable.MaximumSize
            ? (DoeFailure.TooLong, Text($"The table has more than {CdatTable.MaximumSize} bytes."))
            : null;
    }

    private static CdatReadResult Stop(List<byte> table, int entries, DoeFailure failure, string detail) => new([.. table], entries, failure, detail);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
