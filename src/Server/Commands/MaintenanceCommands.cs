using System.CommandLine;
using System.Text.Json;
using Fleet.Server.Data;
using Fleet.Server.Data.Postgres;
using Fleet.Server.Hosting;
using Fleet.Server.Maintenance;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Fleet.Server.Commands;

/// <summary>fleet-server check, backup, restore. Exit codes: 0 done and sound, 1 could not be done, 2 wrong usage, 3 problems were found.</summary>
internal static class MaintenanceCommands
{
    private const string ExitCodes = "Exit codes: 0 all is well, 1 it could not be done, 2 wrong usage, 3 problems were found.";

    public static Command CreateCheck()
    {
        Option<string> data = new("--data") { Description = "Data directory, or a backup", DefaultValueFactory = _ => ".data" };
        Option<bool> json = Json();
        DatabaseOption database = new();
        Command command = new(
            "check",
            $"Looks for what is wrong with stored data; the server may run. It compares every page of every database, the chain of the audit log, the marks of agents with their events, and a backup with its manifest. {ExitCodes}\n\nExample: fleet-server check --data /var/lib/fleet-server")
        { data, json };
        database.AddTo(command);
        command.SetAction((result, ct) => RunAsync(result.GetValue(json), async say =>
        {
            string directory = Path.GetFullPath(result.GetValue(data)!);
            if (!Directory.Exists(directory))
            {
                throw new MaintenanceException($"There is no directory {directory}. Give it with --data.");
            }

            List<string> problems = [.. await new StoreCheck(directory, say).RunAsync(ct)];
            if (database.Read(result) is { } connection)
            {
                say("the database");
                problems.AddRange(await PostgresAsync(connection, say, ct));
            }

            return new MaintenanceReport("check", directory, problems, null);
        }));
        return command;
    }

    public static Command CreateBackup()
    {
        Option<string> data = new("--data") { Description = "Data directory of the server, which may run", DefaultValueFactory = _ => ".data" };
        Option<string> to = new("--to") { Description = "Directory to make; nothing is overwritten", Required = true };
        Option<bool> json = Json();
        DatabaseOption database = new();
        Command command = new(
            "backup",
            $"Copies everything a server knows, keys and all, while it runs. Keep it as safe as the server itself. With PostgreSQL it copies the keys and tells how to take the database. {ExitCodes}\n\nExample: fleet-server backup --data /var/lib/fleet-server --to /backup/fleet-20261125")
        { data, to, json };
        database.AddTo(command);
        command.SetAction((result, ct) => RunAsync(result.GetValue(json), say =>
        {
            string target = Path.GetFullPath(result.GetValue(to)!);
            BackupManifest manifest = new Backup(Path.GetFullPath(result.GetValue(data)!), target, TimeProvider.System, say).Run();
            if (database.Read(result) is not null)
            {
                say($"The database itself is taken by PostgreSQL's own tool: pg_dump --format=custom --file={target}/fleet.pgdump --dbname=CONNECTION");
            }

            return Task.FromResult(new MaintenanceReport("backup", target, [], manifest));
        }));
        return command;
    }

    public static Command CreateRestore()
    {
        Option<string> from = new("--from") { Description = "The backup", Required = true };
        Option<string> data = new("--data") { Description = "Data directory to make; it must be empty or not there", Required = true };
        Option<bool> json = Json();
        Command command = new(
            "restore",
            "Puts a backup into an empty data directory, after comparing every file with its manifest. Then start the server there: agents send again what it does not have; what they no longer have is announced as lost. "
            + $"Hosts that joined after the backup must join again. {ExitCodes}\n\nExample: fleet-server restore --from /backup/fleet-20261125 --data /var/lib/fleet-server")
        { from, data, json };
        command.SetAction((result, ct) => RunAsync(result.GetValue(json), say =>
        {
            string target = Path.GetFullPath(result.GetValue(data)!);
            BackupManifest manifest = new Restore(Path.GetFullPath(result.GetValue(from)!), target, say).Run();
            return Task.FromResult(new MaintenanceReport("restore", target, [], manifest));
        }));
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "Answer as one JSON object on stdout; progress goes to stderr either way" };

    private static async Task<int> RunAsync(bool json, Func<Action<string>, Task<MaintenanceReport>> work)
    {
        try
        {
            MaintenanceReport report = await work(text => Console.Error.WriteLine($"fleet-server: {text}"));
            await Console.Out.WriteLineAsync(json ? JsonSerializer.Serialize(report, MaintenanceJson.Options) : report.ToText());
            return report.Problems.Count > 0 ? 3 : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"fleet-server: {error.Message} Run it as the user that the server runs as.");
            return 1;
        }
        catch (Exception error) when (error is MaintenanceException or StartException or NpgsqlException || DatabaseFailures.Reason(error) is not null)
        {
            await Console.Error.WriteLineAsync($"fleet-server: {DatabaseFailures.Reason(error) ?? error.Message}");
            return 1;
        }
    }

    private static async Task<IReadOnlyList<string>> PostgresAsync(string connectionString, Action<string> say, CancellationToken ct)
    {
        await using NpgsqlDataSource source = PostgresSource.Create(connectionString, NullLoggerFactory.Instance);
        await using (await source.OpenConnectionAsync(ct))
        {
            // EF takes a database that is not there for one without a table.
        }

        DbContextOptionsBuilder<PostgresFleetDb> builder = new();
        PostgresFleetDb.Configure(builder, source);
        await using PostgresFleetDb db = new(builder.Options);
        string name = PostgresSource.NameOf(source);
        IReadOnlyList<string> problems = await DatabaseCheck.ProblemsAsync(db, name, ct);
        return await DatabaseCheck.OfSchemaAsync(db, name, ct) is null ? [.. problems, .. await new PostgresCheck(source, say).RunAsync(ct)] : problems;
    }
}
