using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using Fleet.Server.Data.Postgres;
using Fleet.Server.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Host;

/// <summary>What a server asks its database, counted: each command, and the rows that were read of its answer.</summary>
internal sealed class Questions : DbCommandInterceptor
{
    private readonly ConcurrentQueue<(string Text, int Rows)> _asked = new();

    /// <summary>Puts itself between a server and its database, whichever that is.</summary>
    public void Listen(IServiceCollection services)
    {
        services.ConfigureDbContext<SqliteFleetDb>(db => db.AddInterceptors(this));
        services.ConfigureDbContext<PostgresFleetDb>(db => db.AddInterceptors(this));
    }

    public void Forget() => _asked.Clear();

    /// <summary>Commands that name one of these tables, and the rows read of their answers.</summary>
    public (int Commands, int Rows) Of(params string[] tables)
    {
        (string Text, int Rows)[] of = [.. _asked.Where(one => Names(one.Text, tables))];
        return (of.Length, of.Sum(one => one.Rows));
    }

    /// <summary>Commands that read one of these tables.</summary>
    public int ReadingsOf(params string[] tables) => _asked.Count(one => one.Text.StartsWith("SELECT", StringComparison.Ordinal) && Names(one.Text, tables));

    public override InterceptionResult DataReaderDisposing(DbCommand command, DataReaderDisposingEventData eventData, InterceptionResult result)
    {
        _asked.Enqueue((command.CommandText, Math.Max(0, eventData.ReadCount - 1))); // The last reading finds the end.
        return result;
    }

    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        _asked.Enqueue((command.CommandText, 0));
        return result;
    }

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        _asked.Enqueue((command.CommandText, 0));
        return ValueTask.FromResult(result);
    }

    public override object? ScalarExecuted(DbCommand command, CommandExecutedEventData eventData, object? result)
    {
        _asked.Enqueue((command.CommandText, 1));
        return result;
    }

    public override ValueTask<object?> ScalarExecutedAsync(DbCommand command, CommandExecutedEventData eventData, object? result, CancellationToken cancellationToken = default)
    {
        _asked.Enqueue((command.CommandText, 1));
        return ValueTask.FromResult(result);
    }

    // PostgreSQL's are quoted only where they must be.
    private static bool Names(string text, string[] tables) => Array.Exists(tables, table => Regex.IsMatch(text, $@"\b{table}\b"));
}
