using System.Threading.Channels;
using Fleet.Server.Data.Postgres;
using Npgsql;

namespace Fleet.Server.Live.Cell.Postgres;

/// <summary>
/// Hears what other servers say, on a connection of its own. While that connection is away nothing is heard, so each new one begins with reading everything
/// anew; and since a connection may be dead without saying so, one on which not even this server's own heartbeat comes back is given up.
/// </summary>
internal sealed class NewsListener(OwnSessions sessions, NewsFollower follower, TimeProvider time, ILogger<NewsListener> log) : BackgroundService
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private volatile bool _hears;

    /// <summary>Whether what others say is heard now.</summary>
    public bool Hears => _hears;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TimeSpan pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            Channel<string> heard = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
            using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            Task following = Task.CompletedTask;
            try
            {
                await using NpgsqlConnection connection = await sessions.OpenAsync(stoppingToken);
                connection.Notification += (_, notification) => heard.Writer.TryWrite(notification.Payload);
                await ListenAsync(connection, stoppingToken);
                following = follower.FollowAsync(heard.Reader, ending.Token);
                _hears = true;
                pause = FirstPause;
                while (!following.IsCompleted)
                {
                    if (!await connection.WaitAsync(LongestSilence, stoppingToken))
                    {
                        throw new TimeoutException($"Nothing was heard for {LongestSilence.TotalSeconds:0} s, not even what this server says itself.");
                    }
                }

                await following; // It ends before its time with the reason why it could not follow.
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                log.NewsLost(error);
            }

            _hears = false;
            await ending.CancelAsync();
            await following.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await Task.Delay(pause, time, stoppingToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static async Task ListenAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using NpgsqlCommand command = new($"LISTEN {PostgresNews.Channel}", connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
