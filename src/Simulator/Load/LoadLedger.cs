using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Simulator.Load;

/// <summary>
/// Writes down what the hosts produced and what the server acknowledged, one JSON object a line: an event as in <c>fleet-sim run</c>'s ledger, an
/// acknowledgement as <c>{"acked":{"host","epoch","sequence"}}</c>. A line of an event is handed to the system before the event may be sent.
/// </summary>
internal sealed class LoadLedger : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StreamWriter _file;

    private LoadLedger(StreamWriter file) => _file = file;

    /// <summary>Opens a ledger, with its directory, to write on where an earlier run ended.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static LoadLedger Open(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new LoadLedger(new StreamWriter(path, append: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The ledger {path} cannot be written: {e.Message} Give a file in a directory that may be written with --ledger.", e);
        }
    }

    public void Made(HostId host, long epoch, MadeEvent made)
    {
        string kind = EventMaker.KindOf(made);
        lock (_gate)
        {
            _file.WriteLine(JsonSerializer.Serialize(
                new
                {
                    id = new FleetEvent { Host = host, Epoch = epoch, Sequence = made.Sequence, Time = made.At, Kind = kind }.Id,
                    host = host.ToString(),
                    epoch,
                    sequence = made.Sequence,
                    kind,
                    count = Math.Max(made.Lost, 1),
                },
                FleetJson.Options));
        }
    }

    /// <summary>Hands every line to the system; before the hosts are told that there is something to send.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _file.Flush();
        }
    }

    public void Acknowledged(HostId host, long epoch, long sequence)
    {
        lock (_gate)
        {
            _file.WriteLine(JsonSerializer.Serialize(new { acked = new { host = host.ToString(), epoch, sequence } }, FleetJson.Options));
            _file.Flush();
        }
    }

    public void Dispose() => _file.Dispose();
}
