using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Fleet.Bench.Load;

/// <summary>A server process of its own, and what it costs.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const double TicksASecond = 100; // USER_HZ, the same on every Linux that .NET runs on
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10);

    // As deploy/ starts it: what TLS frees goes back to the system.
    private static readonly (string Name, string Value)[] Shipped = [("MALLOC_ARENA_MAX", "2"), ("MALLOC_TRIM_THRESHOLD_", "131072")];
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>The agents' port.</summary>
    public Uri Agents { get; private init; } = null!;

    /// <summary>The operators' port; null for the bare hub.</summary>
    public Uri? Http { get; private init; }

    public string? AdminToken { get; private init; }

    /// <summary>Bytes that it has had written to disks.</summary>
    public long Written => long.Parse(
        File.ReadLines($"/proc/{_process.Id}/io").First(line => line.StartsWith("write_bytes:", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>Resident memory in bytes.</summary>
    public long Resident => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>Processor time so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            string stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksASecond);
        }
    }

    /// <summary>fleet-server as it is built for releases.</summary>
    public static Task<ServerProcess> StartAsync(string data, params string[] more) => StartAsync(data, null, more);

    /// <summary>The same; one that was killed may be started again where it listened.</summary>
    public static async Task<ServerProcess> StartAsync(string data, ServerProcess? before, string[] more)
    {
        string program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Fleet.Server/release/fleet-server"));
        string endpoints = Path.Combine(data, "server-endpoints.json");
        Directory.CreateDirectory(data);
        File.Delete(endpoints);
        Process process = Launch(program, ["run", "--http", before?.Http?.Authority ?? "127.0.0.1:0", "--agents", before?.Agents.Authority ?? "127.0.0.1:0", "--data", data, .. more], Shipped);
        process.BeginOutputReadLine(); // Whatever it says: a full pipe would stop it.
        long start = Stopwatch.GetTimestamp();
        while (!File.Exists(endpoints))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(start) > StartLimit)
            {
                throw new InvalidOperationException($"{program} does not start here.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(endpoints));
        return new ServerProcess(process)
        {
            Agents = new Uri(document.RootElement.GetProperty("agents").GetString()!),
            Http = new Uri(document.RootElement.GetProperty("http").GetString()!),
            AdminToken = (await File.ReadAllTextAsync(Path.Combine(KeysIn(more) ?? data, "admin.token"))).Trim(),
        };
    }

    /// <summary>The bare hub, with the garbage collector that web programs get by default.</summary>
    public static async Task<ServerProcess> StartBareAsync(string data)
    {
        Process process = Launch(Environment.ProcessPath!, [BareHub.Word, data], ("DOTNET_gcServer", "1"));
        string? address = await process.StandardOutput.ReadLineAsync();
        return address is not null ? new ServerProcess(process) { Agents = new Uri(address) } : throw new InvalidOperationException("The bare hub does not start.");
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
            await _process.WaitForExitAsync(limit.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            if (!_process.HasExited)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private static string? KeysIn(string[] more) => Array.IndexOf(more, "--keys") is >= 0 and var at ? more[at + 1] : null;

    private static Process Launch(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
