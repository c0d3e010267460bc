using System.Diagnostics;
using System.Globalization;

namespace Fleet.Testing;

/// <summary>
/// A PostgreSQL of one's own: in a temporary directory, on a Unix socket in it, without a password, run as the user postgres when this is
/// root (PostgreSQL refuses root) and as oneself otherwise. A shell waits beside it for this process: when that ends, however it ends, so does the
/// cluster, and its directory goes unless it is to be kept.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string Keeper = """
        directory=$1; kept=$2; shift 2
        "$@" >>"$directory/log" 2>&1 &
        child=$!
        echo "$child"
        if read -r signal; then
            kill -"$signal" "$child"
            wait "$child"
        elif [ "$kept" = kept ]; then
            kill -INT "$child" 2>/dev/null
            wait "$child"
        else
            kill -QUIT "$child" 2>/dev/null
            wait "$child"
            rm -rf "$directory"
        fi
        """;

    private readonly string _directory;
    private readonly string _programs;
    private readonly string[] _settings;
    private readonly int _smallDisk;
    private readonly bool _kept;
    private Process? _keeper;
    private int _databases;

    private PostgresCluster(string directory, string programs, string[] settings, int smallDisk, bool kept)
    {
        _kept = kept;
        _directory = directory;
        _programs = programs;
        _settings = settings;
        _smallDisk = smallDisk;
    }

    /// <summary>Where its programs are; null where PostgreSQL is not installed.</summary>
    public static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql")
            .OrderByDescending(version => double.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out double number) ? number : 0)
            .Select(version => Path.Combine(version, "bin")).FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
        : null;

    /// <summary>The process that all its others descend from.</summary>
    public int ProcessId { get; private set; }

    /// <summary>What PostgreSQL says of itself.</summary>
    public string Log => File.Exists(Path.Combine(_directory, "log")) ? File.ReadAllText(Path.Combine(_directory, "log")) : "";

    private string Data => Path.Combine(_directory, "data");

    private string SmallDisk => Path.Combine(_directory, "small");

    /// <param name="durable">Whether it waits for the disk, which only tests of that need.</param>
    /// <param name="smallDisk">Megabytes of a disk of its own, for a tablespace "small"; 0 for none. Only root can have one: it is mounted where this cluster alone sees it.</param>
    /// <param name="settings">More settings, name=value.</param>
    public static async Task<PostgresCluster> StartAsync(bool durable = false, int smallDisk = 0, params string[] settings)
    {
        string directory = Directory.CreateTempSubdirectory("fleet-pg-").FullName;
        PostgresCluster cluster = await MakeAsync(directory, durable, smallDisk, kept: false, settings);
        if (smallDisk > 0)
        {
            await cluster.SqlAsync("postgres", $"CREATE TABLESPACE small LOCATION '{cluster.SmallDisk}'");
        }

        return cluster;
    }

    /// <summary>A durable one in a directory that stays: made where there is none yet, else started as it was left.</summary>
    public static Task<PostgresCluster> OpenAsync(string directory, params string[] settings)
    {
        Directory.CreateDirectory(directory);
        return MakeAsync(Path.GetFullPath(directory), durable: true, smallDisk: 0, kept: true, settings);
    }

    private static async Task<PostgresCluster> MakeAsync(string directory, bool durable, int smallDisk, bool kept, string[] settings)
    {
        string programs = Programs ?? throw new InvalidOperationException("PostgreSQL is not installed (apt-get install postgresql).");
        string[] all = [$"fsync={(durable ? "on" : "off")}", "shared_buffers=64MB", "max_connections=300", "max_wal_size=4GB", .. settings];
        PostgresCluster cluster = new(directory, programs, all, smallDisk, kept);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", ["postgres:", directory]);
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        }

        if (!File.Exists(Path.Combine(cluster.Data, "PG_VERSION")))
        {
            await RunAsync(
                cluster.As(), [.. cluster.AsArguments(), Path.Combine(programs, "initdb"), "-D", cluster.Data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        }

        await cluster.StartAsync();
        return cluster;
    }

    /// <summary>Starts it (again), and waits until it answers.</summary>
    public async Task StartAsync()
    {
        string[] arguments =
        [
            "-c", Keeper, "keeper", _directory, _kept ? "kept" : "passing", .. OnSmallDisk(), .. As() is "env" ? [] : (string[])[As()], .. AsArguments(), Path.Combine(_programs, "postgres"), "-D", Data, "-k", _directory,
            "-c", "listen_addresses=", .. _settings.SelectMany(setting => new[] { "-c", setting }),
        ];
        ProcessStartInfo start = new("bash", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _keeper = Process.Start(start)!;
        ProcessId = int.Parse((await _keeper.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        await WaitFor.TrueAsync(
            async () =>
            {
                if (_keeper.HasExited)
                {
                    throw new InvalidOperationException($"PostgreSQL did not start: {Log}");
                }

                return await TryAsync(Path.Combine(_programs, "psql"), [.. To("postgres"), "-c", "SELECT 1"]);
            },
            TimeSpan.FromSeconds(60),
            "PostgreSQL answers");
    }

    /// <summary>Ends it: INT as an administrator does, QUIT as a power cut would.</summary>
    public async Task StopAsync(string signal = "INT")
    {
        Process keeper = _keeper ?? throw new InvalidOperationException("It does not run.");
        await keeper.StandardInput.WriteLineAsync(signal);
        await keeper.StandardInput.FlushAsync();
        await keeper.WaitForExitAsync();
        keeper.Dispose();
        _keeper = null;
    }

    /// <summary>Leaves no room on the small disk.</summary>
    public Task FillDiskAsync() => RunAsync("nsenter", ["-m", "-t", $"{ProcessId}", "sh", "-c", $"cat /dev/zero >{SmallDisk}/ballast 2>/dev/null; true"]);

    public Task FreeDiskAsync() => RunAsync("nsenter", ["-m", "-t", $"{ProcessId}", "rm", $"{SmallDisk}/ballast"]);

    /// <summary>Makes a database; a copy of another if one is named.</summary>
    /// <returns>The connection string.</returns>
    public async Task<string> CreateDatabaseAsync(string? name = null, string template = "template1")
    {
        name ??= string.Create(CultureInfo.InvariantCulture, $"fleet_{Interlocked.Increment(ref _databases)}");
        await SqlAsync("postgres", $"CREATE DATABASE {name} TEMPLATE {template}");
        return ConnectionString(name);
    }

    public Task DropDatabaseAsync(string connectionString) => SqlAsync("postgres", $"DROP DATABASE IF EXISTS {NameIn(connectionString)} WITH (FORCE)");

    public string ConnectionString(string database) => $"Host={_directory};Database={database};Username=postgres;Maximum Pool Size=20";

    /// <summary>The files of tables and indexes.</summary>
    public IEnumerable<string> DataFiles() => Directory.EnumerateFiles(Path.Combine(Data, "base"), "*", SearchOption.AllDirectories);

    /// <summary>Runs SQL as its administrator.</summary>
    /// <returns>What it answers, a row a line, unaligned.</returns>
    public Task<string> SqlAsync(string database, string sql) => RunAsync(Path.Combine(_programs, "psql"), [.. To(database), "-v", "ON_ERROR_STOP=1", "-c", sql]);

    /// <summary>Runs one of PostgreSQL's own programs as an administrator would, who has PGHOST and PGUSER set.</summary>
    public Task<string> ToolAsync(string program, params string[] arguments) =>
        RunAsync("env", [$"PGHOST={_directory}", "PGUSER=postgres", Path.Combine(_programs, program), .. arguments]);

    /// <summary>The database that a connection string of this cluster names.</summary>
    public static string NameIn(string connectionString) =>
        connectionString.Split(';').First(part => part.StartsWith("Database=", StringComparison.Ordinal))["Database=".Length..];

    /// <summary>Arguments with which psql finds a database of it.</summary>
    public string[] To(string database) => ["-X", "-q", "-A", "-t", "-h", _directory, "-U", "postgres", "-d", database];

    public async ValueTask DisposeAsync()
    {
        if (_keeper is { } keeper)
        {
            keeper.StandardInput.Close();
            await keeper.WaitForExitAsync();
            keeper.Dispose();
        }
        else if (!_kept && Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private static async Task<bool> TryAsync(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await errors;
        await process.WaitForExitAsync();
        return process.ExitCode is 0;
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        string said = await errors;
        await process.WaitForExitAsync();
        return process.ExitCode is 0 ? output.TrimEnd('\n') : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {said}");
    }

    // Each of them becomes the next, so that the process known is PostgreSQL itself.
    private string[] OnSmallDisk() => _smallDisk is 0
        ? []
        : [
            "unshare", "-m", "--propagation", "private", "sh", "-c",
            $"mkdir {SmallDisk} && mount -t tmpfs -o size={_smallDisk}m,mode=0700,uid=$(id -u postgres) tmpfs {SmallDisk} && exec \"$@\"", "small",
        ];

    // setpriv becomes the program, so that the process known is PostgreSQL itself.
    private string As() => Environment.IsPrivilegedProcess ? "setpriv" : "env";

    private string[] AsArguments() => Environment.IsPrivilegedProcess ? ["--reuid=postgres", "--regid=postgres", "--init-groups"] : [];
}
