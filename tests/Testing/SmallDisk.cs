using System.Diagnostics;

namespace Fleet.Testing;

/// <summary>
/// A disk that can be filled: a small tmpfs in a mount namespace of a process's own, gone with it. A test of xunit runs another one, marked explicit, inside.
/// </summary>
public static class SmallDisk
{
    private const string Variable = "FLEET_TEST_SMALL_DISK";
    private const int NotPermitted = 77;

    /// <summary>Whether one can be had here.</summary>
    public static bool Possible => Environment.IsPrivilegedProcess && File.Exists("/usr/bin/unshare");

    /// <summary>The disk, for the test inside.</summary>
    public static string Place => Environment.GetEnvironmentVariable(Variable) ?? throw new InvalidOperationException("Another test runs this one, on a small disk.");

    /// <summary>Runs one explicit test of a test program inside; null when mounts are not permitted here, else what it said when it failed, or nothing.</summary>
    /// <param name="program">The test program's name, beside this assembly.</param>
    /// <param name="method">"Class.Method".</param>
    /// <param name="kibibytes">How large the disk is.</param>
    /// <param name="ct">Stops waiting.</param>
    public static async Task<string?> RunAsync(string program, string method, int kibibytes, CancellationToken ct)
    {
        string place = Directory.CreateTempSubdirectory("fleet-small-disk-").FullName;
        try
        {
            using Process inside = Process.Start(new ProcessStartInfo(
                "unshare",
                [
                    "-m", "--propagation", "private", "sh", "-c",
                    $"mount -t tmpfs -o size={kibibytes}k small {place} || exit {NotPermitted}; export {Variable}={place}; exec \"$0\" \"$@\"",
                    Path.Combine(AppContext.BaseDirectory, program), "-explicit", "only", "-method", $"*.{method}",
                ])
            {
                RedirectStandardOutput = true,
            })!;
            string said = await inside.StandardOutput.ReadToEndAsync(ct);
            await inside.WaitForExitAsync(ct);
            return inside.ExitCode is NotPermitted ? null : inside.ExitCode is 0 && said.Contains("Total: 1", StringComparison.Ordinal) ? "" : said;
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    /// <summary>Fills it to the last page; who deletes the file that is returned has room again.</summary>
    public static string Fill(string directory)
    {
        string path = Path.Combine(directory, "ballast");
        byte[] piece = new byte[4096];
        try
        {
            using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1);
            while (true)
            {
                file.Write(piece);
            }
        }
        catch (IOException)
        {
            return path;
        }
    }
}
