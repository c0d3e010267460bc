using System.Collections.Concurrent;
using System.Diagnostics;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>A program of ours that runs until it is told to stop. Everything it says is kept.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private readonly string _name;

    private Daemon(ProcessStartInfo start)
    {
        _name = Path.GetFileName(start.FileName);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Said => string.Join('\n', _said);

    public static Daemon Start(string program, params string[] arguments) => Start(program, new Dictionary<string, string>(), arguments);

    public static Daemon Start(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Places.Root,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        Daemon daemon = new(start);
        daemon._process.Start();
        daemon._process.StandardInput.Close();
        daemon._process.BeginOutputReadLine();
        daemon._process.BeginErrorReadLine();
        return daemon;
    }

    /// <summary>Waits for a condition; fails at once, with what the program said, when it ends before.</summary>
    public Task UntilAsync(Func<Task<bool>> condition, TimeSpan deadline, string what) =>
        WaitFor.TrueAsync(
            async () => !HasExited ? await condition() : throw new InvalidOperationException($"{_name} ended ({ExitCode}) before {what}:\n{Said}"),
            deadline,
            what);

    public Task UntilAsync(Func<bool> condition, TimeSpan deadline, string what) => UntilAsync(() => Task.FromResult(condition()), deadline, what);

    public async Task<int> WaitAsync(TimeSpan deadline)
    {
        using CancellationTokenSource limit = new(deadline);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_name} did not end within {deadline.TotalSeconds} s. It said:\n{Said}\nIts threads:\n{Threads()}");
        }

        return _process.ExitCode;
    }

    /// <summary>kill -9: no handler runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitAsync(WaitFor.Patience);
    }

    /// <summary>Asks it to stop and waits until it has.</summary>
    public async Task<int> StopAsync()
    {
        if (!HasExited)
        {
            await Shell.SignalAsync("TERM", Pid);
        }

        return await WaitAsync(TimeSpan.FromSeconds(40));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            _process.Dispose();
        }
    }

    /// <summary>Where each thread is in the kernel: what a program that does not end waits for.</summary>
    private string Threads()
    {
        DirectoryInfo threads = new($"/proc/{Pid}/task");
        return !threads.Exists ? "none: it has ended, and what it started still holds its output" : string.Join('\n', threads.GetDirectories().Select(
            thread => $"{thread.Name} {Look(thread.FullName, "comm")}: {Look(thread.FullName, "stack").ReplaceLineEndings(" ")}"));
    }

    private static string Look(string thread, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, file)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"({e.Message})"; // it ended meanwhile, or stacks are for root alone
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _said.Enqueue(line);
        }
    }
}
