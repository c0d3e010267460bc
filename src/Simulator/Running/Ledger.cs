using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Simulator.Running;

/// <summary>
/// Writes down every event that reached an agent's spool, one JSON object a line, so that a checker can compare what was produced
/// with what a server stored. Lines wait in memory until the host has an identity.
/// </summary>
internal sealed class Ledger : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StreamWriter _file;
    private readonly List<FleetEvent> _waiting = [];
    private HostId? _host;
    private long _recorded;

    public Ledger(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new StreamWriter(path, append: true);
    }

    /// <summary>Events that reached the spool, named yet or not.</summary>
    public long Recorded => Interlocked.Read(ref _recorded);

    public void Add(IReadOnlyList<FleetEvent> events)
    {
        Interlocked.Add(ref _recorded, events.Count);
        lock (_gate)
        {
            _waiting.AddRange(events);
            Write();
        }
    }

    /// <summary>Tells who the host is; called again it changes nothing.</summary>
    public void Name(HostId host)
    {
        lock (_gate)
        {
            _host ??= host;
            Write();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Write();
            _file.Dispose();
        }
    }

    private void Write()
    {
        if (_host is not { } host || _waiting.Count is 0)
        {
            return;
        }

        foreach (FleetEvent e in _waiting)
        {
            _file.WriteLine(JsonSerializer.Serialize(
                new { id = (e with { Host = host }).Id, host = host.ToString(), epoch = e.Epoch, sequence = e.Sequence, kind = e.Kind, count = e.Count },
                FleetJson.Options));
        }

        _waiting.Clear();
        _file.Flush();
    }
}
