using System.Diagnostics;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>
/// A mount namespace of a test's own: what is mounted in it is seen nowhere else and gone with it, however the test ends.
/// </summary>
internal sealed class PrivateNamespace : IAsyncDisposable
{
    private readonly Process _keeper;

    private PrivateNamespace(Process keeper) => _keeper = keeper;

    /// <summary>Makes one, or skips the test where that is not possible.</summary>
    public static async Task<PrivateNamespace> CreateAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root for a private mount namespace");
        Assert.SkipUnless(File.Exists("/dev/fuse"), "needs /dev/fuse");
        Assert.SkipUnless(File.Exists("/usr/bin/lspci"), "needs pciutils");
        Process keeper = Start("unshare", ["-m", "--propagation", "private", "--", "sh", "-c", "echo made; exec cat"]);
        string? line = await keeper.StandardOutput.ReadLineAsync();
        Assert.SkipUnless(line is "made", "mount namespaces are not permitted here");
        return new PrivateNamespace(keeper);
    }

    /// <summary>Starts a program inside; its process id is the program's own.</summary>
    public Process StartInside(params string[] command) =>
        Start("nsenter", ["-t", $"{_keeper.Id}", "-m", $"--wdns={Path.GetTempPath()}", "--", .. command]);

    public async Task<ToolResult> RunAsync(params string[] command)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(WaitFor.Patience);
        using Process tool = StartInside(command);
        tool.StandardInput.Close();
        Task<string> output = tool.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = tool.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await tool.WaitForExitAsync(limit.Token);
            return new ToolResult(tool.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            tool.Kill();
            throw new TimeoutException($"'{string.Join(' ', command)}' did not end within {WaitFor.Patience.TotalSeconds} s.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.Kill();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }

    public static Process Start(string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
