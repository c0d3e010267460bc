using Fleet.Server.Hosting;
using Npgsql;

namespace Fleet.Server.Data.Postgres;

/// <summary>Makes the pool that everything in a server takes its connections from, and what makes connections that are in no pool.</summary>
internal static class PostgresSource
{
    private const int SecondsToConnect = 10;

    /// <param name="connectionString">As Npgsql reads it, or a postgresql:// address.</param>
    /// <param name="loggers">Where Npgsql logs to.</param>
    /// <param name="pooled">Whether a connection that is closed is given to whoever opens the next.</param>
    /// <exception cref="StartException">It cannot be read. The message does not repeat it: there is a password in it.</exception>
    public static NpgsqlDataSource Create(string connectionString, ILoggerFactory loggers, bool pooled = true)
    {
        try
        {
            NpgsqlConnectionStringBuilder settings = new(PostgresAddress.ToConnectionString(connectionString))
            {
                ApplicationName = "fleet-server",
                IncludeErrorDetail = false,
            };
            if (!settings.ContainsKey("Timeout"))
            {
                settings.Timeout = SecondsToConnect;
            }

            if (!pooled)
            {
                settings.Pooling = false;
            }

            NpgsqlDataSourceBuilder builder = new(settings.ConnectionString);
            builder.UseLoggerFactory(loggers);
            return builder.Build();
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException)
        {
            throw new StartException(
                "The connection string of the database cannot be read. Give one such as 'Host=db;Database=fleet;Username=fleet;Password=…' or postgresql://fleet:…@db/fleet.", error);
        }
    }

    /// <summary>What to call the database in messages: without user and password.</summary>
    public static string NameOf(NpgsqlDataSource source)
    {
        NpgsqlConnectionStringBuilder settings = new(source.ConnectionString);
        return $"{settings.Database} on {settings.Host}:{settings.Port}";
    }
}
