using Fleet.Server.Hosting;
using Npgsql;

namespace Fleet.Server.Data.Postgres;

/// <summary>The one pool of connections that everything in a server takes its connections from.</summary>
internal static class PostgresSource
{
    private const int SecondsToConnect = 10;

    /// <param name="connectionString">As Npgsql reads it, or a postgresql:// address.</param>
    /// <param name="loggers">Where Npgsql logs to.</param>
    /// <exception cref="StartException">It cannot be read. The message does not repeat it: there is a password in it.</exception>
    public static NpgsqlDataSource Create(string connectionString, ILoggerFactory loggers)
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
