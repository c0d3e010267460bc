namespace Fleet.Server.Live.Cell;

/// <summary>Work that goes on all the time, on one server of all those on a database.</summary>
internal abstract class LeaderService(ILeadership leadership) : BackgroundService
{
    /// <summary>Works until the token ends, which it does with this server's term or with the server.</summary>
    protected abstract Task LeadAsync(LeaderTerm term, CancellationToken ct);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            LeaderTerm term = await leadership.WaitAsync(stoppingToken);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, term.Ended);
            try
            {
                await LeadAsync(term, either.Token);
            }
            catch (OperationCanceledException) when (term.Ended.IsCancellationRequested && !stoppingToken.IsCancellationRequested)
            {
                // Another server leads now; this one waits for its next term.
            }
        }
    }
}
