using Fleet.Server.Live.News;
using Npgsql;

namespace Fleet.Server.Live.Cell.Postgres;

/// <summary>Sends news by NOTIFY. What gathers within a moment goes together; what could not be sent is sent when it can.</summary>
internal sealed class PostgresNews(NpgsqlDataSource source, ServerRoster servers, TimeProvider time, ILogger<PostgresNews> log) : BackgroundService, IFleetNews
{
    /// <summary>The channel of NOTIFY.</summary>
    public const string Channel = "pcifleet";

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private readonly PendingNews _pending = new();

    public void Publish(NewsKind kind, string key = "") => _pending.Add(new Notice(kind, key));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TimeSpan pause = Gathering;
        while (!stoppingToken.IsCancellationRequested)
        {
            await _pending.WaitAsync(stoppingToken);
            await Task.Delay(pause, time, stoppingToken);
            IReadOnlyList<Notice> notices = _pending.Take();
            try
            {
                await SendAsync(notices, stoppingToken);
                pause = Gathering;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                log.NewsNotSent(notices.Count, error);
                _pending.PutBack(notices);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    /// <summary>What was said last (that agents left, say) goes out too.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        IReadOnlyList<Notice> last = _pending.Take();
        try
        {
            await SendAsync(last, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.NewsNotSent(last.Count, error);
        }
    }

    private async Task SendAsync(IReadOnlyList<Notice> notices, CancellationToken ct)
    {
        if (notices.Count is 0)
        {
            return;
        }

        await using NpgsqlBatch batch = source.CreateBatch();
        foreach (string text in NewsText.Write(servers.Me, notices))
        {
            NpgsqlBatchCommand command = new("SELECT pg_notify($1, $2)");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Channel });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(ct);
    }
}
