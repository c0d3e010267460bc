using System.Diagnostics;
using Fleet.Testing;

namespace Fleet.Agent.Tests;

/// <summary>Programs that only live, for what is told of processes.</summary>
internal static class Programs
{
    /// <summary>Starts one and waits until it is that: for a moment a process still bears the name of what started it.</summary>
    public static async Task<Process> RunAsync(string program, params string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true })!;
        await WaitFor.TrueAsync(() => File.ReadAllText($"/proc/{process.Id}/comm").Trim() == program);
        return process;
    }
}
