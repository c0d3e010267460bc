using Fleet.Agent.Local;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.MirrorHost.Kills;

/// <summary>Runs exchanges over the agent's own socket, so that kills find a mailbox in the middle of one.</summary>
internal sealed class Exchanger(string socket, PciAddress function, int mailbox) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;
    private int _done;
    private int _underWay;

    public int Done => _done;

    /// <summary>True while the agent is at an exchange of ours.</summary>
    public bool UnderWay => Volatile.Read(ref _underWay) is not 0;

    public void Start() => _work = Task.Run(async () =>
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using LocalClient client = new(socket);
                Volatile.Write(ref _underWay, 1);
                LocalExchangeAnswer answer = await client.PostAsync<LocalExchangeAnswer>(
                    "/v1/doe/exchange", new LocalExchangeRequest(function, mailbox, "0001:01", "10840000"), _stopping.Token);
                _done += answer.Succeeded ? 1 : 0;
            }
            catch (Exception error) when (error is LocalApiException or IOException or OperationCanceledException)
            {
                await Task.Yield(); // killed under us, or not up yet
            }
            finally
            {
                Volatile.Write(ref _underWay, 0);
            }
        }
    });

    /// <summary>Asks the mailbox what it speaks; the features, or why it does not answer.</summary>
    public async Task<string> DiscoverAsync()
    {
        try
        {
            using LocalClient client = new(socket);
            LocalDiscovery found = await client.PostAsync<LocalDiscovery>("/v1/doe/discover", new LocalMailbox(function, mailbox), CancellationToken.None);
            return found.Failure is null ? string.Join(' ', found.Features) : $"! {found.Failure}: {found.Detail}";
        }
        catch (LocalApiException error)
        {
            return $"! {error.Message}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        _stopping.Dispose();
    }
}
