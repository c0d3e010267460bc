using Npgsql;

namespace Fleet.Server.Data.Postgres;

/// <summary>Reads a postgresql:// address, the form that most services hand out; any other text is taken as a connection string already.</summary>
internal static class PostgresAddress
{
    public static string ToConnectionString(string text)
    {
        if (!text.StartsWith("postgres://", StringComparison.Ordinal) && !text.StartsWith("postgresql://", StringComparison.Ordinal))
        {
            return text;
        }

        Uri address = new(text, UriKind.Absolute);
        NpgsqlConnectionStringBuilder settings = new() { Host = address.Host };
        if (address.Port > 0)
        {
            settings.Port = address.Port;
        }

        if (address.AbsolutePath.Length > 1)
        {
            settings.Database = Uri.UnescapeDataString(address.AbsolutePath[1..]);
        }

        if (address.UserInfo.Length > 0)
        {
            string[] user = address.UserInfo.Split(':', 2);
            settings.Username = Uri.UnescapeDataString(user[0]);
            settings.Password = user.Length is 2 ? Uri.UnescapeDataString(user[1]) : null;
        }

        foreach (string pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            settings[Name(Uri.UnescapeDataString(parts[0]))] = Uri.UnescapeDataString(parts.Length is 2 ? parts[1] : "");
        }

        return settings.ConnectionString;
    }

    // The names that libpq has and Npgsql writes otherwise.
    private static string Name(string name) => name switch
    {
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "connect_timeout" => "Timeout",
        "application_name" => "Application Name",
        _ => name,
    };
}
