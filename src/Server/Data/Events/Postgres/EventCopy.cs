using System.Buffers;
using System.Buffers.Binary;
using Fleet.Contracts;
using Npgsql;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>
/// Writes rows in PostgreSQL's binary form of COPY (its manual, "COPY", "Binary Format") straight into the buffer that goes out: a few
/// stores a column, where a typed importer looks each value's converter up.
/// </summary>
internal sealed class EventCopy
{
    private const string Columns = "id, epoch, seq, time, count, uid, host, kind, function, comm, exe, pid, decision, operation, \"offset\", length, holder, source, feature, payload";
    private const short ColumnCount = 20;
    private const int SendAt = 256 * 1024;
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];
    private readonly ArrayBufferWriter<byte> _buffer = new(SendAt * 2);

    /// <param name="connection">Within the transaction.</param>
    /// <param name="memory">The numbers of the day.</param>
    /// <param name="rows">The events.</param>
    /// <param name="last">The row before the first of them; a day has at most <see cref="int.MaxValue"/>.</param>
    /// <param name="ct">Cancels.</param>
    public async Task WriteAsync(NpgsqlConnection connection, DayMemory memory, IReadOnlyList<EventRow> rows, long last, CancellationToken ct)
    {
        _buffer.ResetWrittenCount();
        await using NpgsqlRawCopyStream copy =
            await connection.BeginRawBinaryCopyAsync($"COPY {DayTables.Events(memory.Day)}({Columns}) FROM STDIN (FORMAT BINARY)", ct);
        _buffer.Write(Header);
        foreach (EventRow row in rows)
        {
            Write(row, ++last, memory);
            if (_buffer.WrittenCount >= SendAt)
            {
                await copy.WriteAsync(_buffer.WrittenMemory, ct);
                _buffer.ResetWrittenCount();
            }
        }

        Short(-1); // The end of the data.
        await copy.WriteAsync(_buffer.WrittenMemory, ct);
    }

    private void Write(EventRow row, long id, DayMemory memory)
    {
        FleetEvent fleetEvent = row.Event;
        Caller? caller = fleetEvent.Caller;
        ClaimReference? claim = fleetEvent.Claim;
        Short(ColumnCount);
        Int((int)id);
        Long(fleetEvent.Epoch);
        Long(fleetEvent.Sequence);
        Long(StoreTime.Microseconds(fleetEvent.Time));
        Long(fleetEvent.Count);
        Long(caller?.Uid);
        Int(row.Host);
        Int(memory.Code(fleetEvent.Kind));
        Int(memory.Code(fleetEvent.Function));
        Int(memory.Code(caller?.Comm));
        Int(memory.Code(caller?.Exe));
        Int(caller?.Pid);
        Int(memory.Code(WireNames.Of(fleetEvent.Decision)));
        Int(memory.Code(WireNames.Of(fleetEvent.Operation)));
        Int(fleetEvent.Offset);
        Int(fleetEvent.Length);
        Int(memory.Code(claim?.Holder));
        Int(memory.Code(WireNames.Of(claim?.Source)));
        Int(memory.Code(fleetEvent.Feature));
        Bytes(row.Json);
    }

    private void Short(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_buffer.GetSpan(2), value);
        _buffer.Advance(2);
    }

    private void Long(long? value)
    {
        Span<byte> span = _buffer.GetSpan(12);
        BinaryPrimitives.WriteInt32BigEndian(span, value is null ? -1 : 8);
        BinaryPrimitives.WriteInt64BigEndian(span[4..], value.GetValueOrDefault());
        _buffer.Advance(value is null ? 4 : 12);
    }

    private void Int(int? value)
    {
        Span<byte> span = _buffer.GetSpan(8);
        BinaryPrimitives.WriteInt32BigEndian(span, value is null ? -1 : 4);
        BinaryPrimitives.WriteInt32BigEndian(span[4..], value.GetValueOrDefault());
        _buffer.Advance(value is null ? 4 : 8);
    }

    private void Bytes(ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.GetSpan(4), value.Length);
        _buffer.Advance(4);
        _buffer.Write(value);
    }
}
