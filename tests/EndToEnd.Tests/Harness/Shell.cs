using System.Diagnostics;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>Runs a program to its end; kills it, with what it started, at the deadline.</summary>
internal static class Shell
{
    public static Task<Output> RunAsync(string program, params string[] arguments) => RunAsync(TimeSpan.FromSeconds(60), program, arguments);

    public static async Task<Output> RunAsync(TimeSpan deadline, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Places.Root,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> text = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(deadline);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {deadline.TotalSeconds} s.");
        }

        return new Output(process.ExitCode, await text, await errors);
    }

    /// <summary>Sends a signal by name ("TERM", "KILL") to one process.</summary>
    public static async Task SignalAsync(string signal, int pid) => await RunAsync("kill", $"-{signal}", $"{pid}");

    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
