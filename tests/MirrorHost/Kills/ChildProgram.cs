using System.Collections.Concurrent;
using System.Diagnostics;

namespace Fleet.MirrorHost.Kills;

/// <summary>This program again, in another role.</summary>
internal sealed class ChildProgram : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProgram(Process process)
    {
        _process = process;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _ready.TrySetResult();
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IReadOnlyList<string> Lines => [.. _lines];

    public static async Task<ChildProgram> StartAsync(params string[] arguments)
    {
        ChildProgram child = new(Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        await child._ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return child._lines.Contains("ready")
            ? child
            : throw new InvalidOperationException($"'{string.Join(' ', arguments)}' did not start:\n{string.Join('\n', child._lines)}");
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Ends it in the ordinary way.</summary>
    public void Stop()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            throw new TimeoutException("A child did not end within 30 s of its input.");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
            if (line is "ready")
            {
                _ready.TrySetResult();
            }
        }
    }
}
