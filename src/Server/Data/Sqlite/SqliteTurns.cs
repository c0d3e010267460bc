namespace Fleet.Server.Data.Sqlite;

/// <summary>
/// The line in which changes of fleet.db stand. SQLite lets one writer in; others would ask again and again, each on a thread that it blocks, in no order,
/// until one is told that the database is locked, and whoever has the lock may find no thread to go on. Here they wait without one, first come first served.
/// </summary>
internal sealed class SqliteTurns : IDisposable
{
    // Who hangs must not stop all others for good: after it SQLite's own lock decides, and says so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Waits for the turn; it ends when what is returned is disposed of.</summary>
    public async Task<IDisposable> TakeAsync(CancellationToken ct) => new Turn(await _gate.WaitAsync(Patience, ct) ? _gate : null);

    public void Dispose() => _gate.Dispose();

    private sealed class Turn(SemaphoreSlim? gate) : IDisposable
    {
        private SemaphoreSlim? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Release();
    }
}
