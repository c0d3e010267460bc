using System.Diagnostics;

namespace Fleet.Bench;

/// <summary>A helper that says "ready" when it is, and is killed when the measurement is over.</summary>
internal sealed class BenchProcess : IDisposable
{
    private readonly Process _process;

    private BenchProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static BenchProcess Start(string program, params string[] arguments)
    {
        Process process = Launch(program, arguments);
        string? line = process.StandardOutput.ReadLine();
        while (line?.StartsWith("bound ", StringComparison.Ordinal) is true)
        {
            line = process.StandardOutput.ReadLine();
        }

        return line is "ready"
            ? new BenchProcess(process)
            : throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' did not get ready: {line}");
    }

    /// <summary>Runs to the end and gives what was printed.</summary>
    public static string Read(string program, params string[] arguments)
    {
        using Process process = Launch(program, arguments);
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode is 0
            ? printed
            : throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' ended with {process.ExitCode}.");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Process Launch(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
