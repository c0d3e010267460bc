using System.Diagnostics;

namespace Fleet.Agent.Guardian;

/// <summary>Starts a guardian: this very program with the word "guard", which puts itself into a session of its own.</summary>
internal static class GuardianLaunch
{
    public const string Command = "guard";
    public const string RunOption = "--run";

    /// <summary>The line it prints when it listens.</summary>
    public const string Ready = "guardian ready";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Starts one and waits until it listens.</summary>
    /// <exception cref="GuardianException">It does not start.</exception>
    public static void Start(string runDirectory)
    {
        string program = Environment.ProcessPath ?? throw new GuardianException("The path of this program is not known.");
        List<string> arguments = [Command, RunOption, runDirectory];
        if (Path.GetFileNameWithoutExtension(program) is "dotnet" && Environment.GetCommandLineArgs() is [var entry, ..])
        {
            arguments.Insert(0, entry);
        }

        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // It waits and holds handles; it needs no memory to be fast in.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "2000000"; // hexadecimal: 32 MiB; native code reads no 0x
        using Process process = Process.Start(start) ?? throw new GuardianException($"{program} cannot be started.");
        using CancellationTokenSource limit = new(Limit);
        string? line;
        try
        {
            line = process.StandardOutput.ReadLineAsync(limit.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new GuardianException($"The guardian did not get ready within {Limit.TotalSeconds} s.");
        }

        if (line is not Ready)
        {
            string said = process.WaitForExit(Limit) ? process.StandardError.ReadToEnd().Trim() : "";
            throw new GuardianException($"The guardian did not start: {(said.Length > 0 ? said : line ?? "it said nothing")}");
        }
    }
}
