using System.Collections.Concurrent;
using System.Diagnostics;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>A mirror-host inside a private namespace, and the lines it has printed.</summary>
internal sealed class MirrorProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2); // some seconds of a processor, most of it for compiling
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    private MirrorProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "mirror-host");

    public static Task<MirrorProcess> StartAsync(PrivateNamespace space, params string[] arguments) =>
        StartAsync(space.StartInside([Program, .. arguments]));

    /// <summary>Starts it by another program.</summary>
    public static Task<MirrorProcess> StartByAsync(PrivateNamespace space, string[] by, params string[] arguments) =>
        StartAsync(space.StartInside([.. by, Program, .. arguments]));

    /// <summary>Starts it outside of any namespace of ours.</summary>
    public static Task<MirrorProcess> StartOutsideAsync(params string[] arguments) => StartAsync(PrivateNamespace.Start(Program, arguments));

    private static async Task<MirrorProcess> StartAsync(Process process)
    {
        MirrorProcess mirror = new(process);
        await WaitFor.TrueAsync(() => mirror.Has("ready") || mirror._process.HasExited, StartLimit);
        Assert.True(mirror.Has("ready"), $"mirror-host did not start: {string.Join('\n', mirror.Lines)}");
        return mirror;
    }

    public int Id => _process.Id;

    public IReadOnlyList<string> Lines => [.. _lines];

    public IReadOnlyList<string> Starting(string word) => [.. _lines.Where(line => line.StartsWith(word + " ", StringComparison.Ordinal))];

    public bool Has(string line) => _lines.Contains(line);

    /// <summary>Gives a command and waits until it is obeyed.</summary>
    public async Task TellAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        await WaitFor.TrueAsync(() => Has($"done {command}"));
    }

    /// <summary>kill -9: nothing of it gets to clean up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using CancellationTokenSource limit = new(WaitFor.Patience);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                throw new TimeoutException("mirror-host did not end within its time of its input.");
            }
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is string text)
        {
            _lines.Enqueue(text);
        }
    }
}
