using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Fleet.RealKernel.Tests.Rig;

/// <summary>One run of rig.sh: from power on to power off.</summary>
internal static class Boot
{
    private const int CannotRun = 77;

    // Four or five times what it takes on an idle machine: emulation has no processor of its own.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Where the rig's scripts are.</summary>
    public static string Folder { get; } = Path.GetDirectoryName(Path.GetDirectoryName(Here())!)!;

    // The agent as it is shipped where somebody published it: native code, that an emulated machine starts in a tenth of the time.
    private static string Agent => Environment.GetEnvironmentVariable("RIG_AGENT") ?? Path.Combine(AppContext.BaseDirectory, "fleet-agent");

    public static async Task<Recording> RunAsync(string machine)
    {
        string output = Path.GetFullPath(Path.Combine(Folder, "..", "..", ".cache", "rig", "last", machine));
        if (Environment.GetEnvironmentVariable("RIG_KEEP") is not null)
        {
            return new Recording(machine, output, null, "RIG_KEEP is set: the last recording is judged again.");
        }

        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        Directory.CreateDirectory(output);
        string[] steps = (Environment.GetEnvironmentVariable("RIG_STEPS") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ProcessStartInfo start = new(Path.Combine(Folder, "rig.sh"),
            ["boot", machine, output, "bash", Path.Combine(Folder, "guest", "record.sh"), Agent, AppContext.BaseDirectory, .. steps])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["RIG_SECONDS"] = $"{Limit.TotalSeconds:0}" },
        };
        await using SpdmResponder? responder = machine is Machines.Newest ? await SpdmResponder.StartAsync(Path.Combine(output, "identity")) : null;
        if (responder is not null)
        {
            start.Environment["RIG_SPDM_PORT"] = $"{responder.Port}";
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode switch
        {
            0 => new Recording(machine, output, null, null),
            CannotRun => new Recording(machine, output, $"The machine '{machine}' cannot run: {errors.Trim()}.", null),
            int status => new Recording(machine, output, null, $"The rig ended with status {status}: {errors.Trim()}"),
        };
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
