using System.Collections.Concurrent;
using Fleet.Agent.Local;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Testing.Delivery;

namespace Fleet.FaultTrial;

/// <summary>The real fleet-agent of this machine, without a way in but its socket: claims are made and released over it, each an event or two.</summary>
internal sealed class RealAgent(Child child, string socket) : IAsyncDisposable
{
    private const string Stream = "claims";
    private readonly ConcurrentQueue<MadeEvent> _made = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _claiming = Task.CompletedTask;

    public Child Child => child;

    public IReadOnlyCollection<MadeEvent> Made => _made;

    /// <summary>The stream of an event that this agent's claims are counted by.</summary>
    public static string? StreamOf(FleetEvent e) => e.Kind is EventKinds.ClaimGranted ? Stream : null;

    public void Begin() => _claiming = Task.Run(ClaimAsync);

    /// <summary>Whether it is connected and nothing waits in its spool.</summary>
    public async Task<bool> HasDeliveredAsync()
    {
        try
        {
            using LocalClient client = new(socket);
            return await client.GetAsync<LocalState>("/v1/state", CancellationToken.None) is { Connected: true, EventsSpooled: 0 };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return false; // It is starting.
        }
    }

    public async Task StopClaimingAsync()
    {
        await _stop.CancelAsync();
        await _claiming;
    }

    public async ValueTask DisposeAsync()
    {
        await StopClaimingAsync();
        child.Dispose();
        _stop.Dispose();
    }

    private async Task ClaimAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using LocalClient client = new(socket);
                LocalState state = await client.GetAsync<LocalState>("/v1/state", _stop.Token);
                FunctionFacts[] functions = await client.GetAsync<FunctionFacts[]>("/v1/functions", _stop.Token);
                while (functions.Length > 0 && !_stop.IsCancellationRequested)
                {
                    await ClaimOnceAsync(client, state.Facts.Name, functions[0].Address);
                    await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, _stop.Token);
                }

                return;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                // It was killed; the next one is on its way.
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private async Task ClaimOnceAsync(LocalClient client, string host, PciAddress function)
    {
        // Before the call: an agent that is killed in it may have made the event, or not, and an interval covers it if not.
        _made.Enqueue(new MadeEvent(host, Stream, null, TimeProvider.System.GetUtcNow(), Kept: false));
        ClaimFacts[] claims = await client.PostAsync<ClaimFacts[]>(
            "/v1/claims",
            new LocalClaimRequest { Function = function, Region = new RegionSpec { Offset = 0x48, Length = 4 }, Reason = "a trial", Seconds = 30 },
            CancellationToken.None);
        foreach (ClaimFacts claim in claims)
        {
            await client.DeleteAsync<object>($"/v1/claims/{claim.Id}", CancellationToken.None);
        }
    }
}
