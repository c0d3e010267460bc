using System.Diagnostics;

namespace Fleet.FaultTrial;

/// <summary>A program that may be killed at any time and started again as it was. What it says goes into a file.</summary>
internal sealed class Child(string name, string log, string program, params string[] arguments) : IDisposable
{
    private Process? _process;

    public string Name => name;

    public bool Runs => _process is { HasExited: false };

    public int Exit => _process!.ExitCode;

    public void Start()
    {
        _process?.Dispose();
        // The shell is replaced by the program: its process id is the program's own.
        ProcessStartInfo start = new("sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", log, program, .. arguments]);
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{name} does not start.");
    }

    public async Task KillAsync()
    {
        if (Runs)
        {
            _process!.Kill();
            await _process.WaitForExitAsync();
        }
    }

    /// <summary>SIGTERM, and the wait for its end.</summary>
    public async Task<bool> StopAsync(TimeSpan limit)
    {
        if (!Runs)
        {
            return true;
        }

        using Process kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
        using CancellationTokenSource patience = new(limit);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            return false;
        }
    }

    public void Dispose()
    {
        if (Runs)
        {
            _process!.Kill();
        }

        _process?.Dispose();
    }
}
