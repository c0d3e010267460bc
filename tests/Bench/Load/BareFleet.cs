using Fleet.Simulator.Load;
using Fleet.Simulator.Load.Link;

namespace Fleet.Bench.Load;

/// <summary>The same hosts as connections alone: nothing is said on them but pings.</summary>
internal sealed class BareFleet : IAsyncDisposable
{
    private const int AtOnce = 64;
    private static readonly TimeSpan TendingInterval = TimeSpan.FromMilliseconds(500);
    private readonly List<LinkClient> _clients = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _tending = Task.CompletedTask;

    /// <summary>How many connections stand.</summary>
    public int Connected => _clients.Count(client => !client.Ended.IsCancellationRequested);

    public static async Task<BareFleet> ConnectAsync(Uri server, IEnumerable<LoadIdentity> identities)
    {
        BareFleet fleet = new();
        fleet._tending = fleet.TendAsync();
        LinkAddress address = await LinkAddress.ResolveAsync(server, CancellationToken.None);
        await Parallel.ForEachAsync(identities, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (identity, ct) =>
        {
            LinkClient client = await LinkClient.OpenAsync(address, identity, TimeProvider.System, ct);
            lock (fleet._clients)
            {
                fleet._clients.Add(client);
            }
        });
        return fleet;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _tending;
        _clients.ForEach(client => client.Dispose());
        _stopping.Dispose();
    }

    private async Task TendAsync()
    {
        using PeriodicTimer timer = new(TendingInterval, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                LinkClient[] now;
                lock (_clients)
                {
                    now = [.. _clients];
                }

                Array.ForEach(now, client => client.Tend());
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }
}
