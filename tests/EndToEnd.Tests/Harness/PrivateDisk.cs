using System.Diagnostics;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>
/// A small tmpfs in a mount namespace of its own, for the data of a program that is started in it; it can be filled and made read-only. It is gone with its keeper,
/// however the test ends.
/// </summary>
internal sealed class PrivateDisk : IAsyncDisposable
{
    private readonly Process _keeper;
    private readonly string _place;
    private string _ballast = "";

    private PrivateDisk(Process keeper, string place)
    {
        _keeper = keeper;
        _place = place;
    }

    /// <summary>A process within, which can also hold claims.</summary>
    public int Keeper => _keeper.Id;

    /// <summary>Makes one, or skips the test where that is not possible.</summary>
    public static async Task<PrivateDisk> CreateAsync(int mebibytes)
    {
        Places.Need(SmallDisk.Possible, "Needs root to mount a small disk in a namespace of its own, and unshare (util-linux).");
        string place = Directory.CreateTempSubdirectory("fleet-private-disk-").FullName;
        Process keeper = Process.Start(new ProcessStartInfo(
            "unshare", ["-m", "--propagation", "private", "--", "sh", "-c", $"mount -t tmpfs -o size={mebibytes}m small {place} && echo made; exec cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string? said = await keeper.StandardOutput.ReadLineAsync();
        Places.Need(said is "made", "Mounts are not permitted here.");
        return new PrivateDisk(keeper, place);
    }

    /// <summary>Where a program inside finds a file of the disk.</summary>
    public string File(string name) => Path.Combine(_place, name);

    /// <summary>Starts a program inside; its process id is the program's own.</summary>
    public Daemon Start(string program, params string[] arguments) =>
        Daemon.Start("nsenter", ["-t", $"{Keeper}", "-m", $"--wdns={Path.GetTempPath()}", "--", program, .. arguments]);

    public void Fill() => _ballast = SmallDisk.Fill($"/proc/{Keeper}/root{_place}");

    public void MakeRoom() => System.IO.File.Delete(_ballast);

    public async Task RemountAsync(string option) =>
        (await Shell.RunAsync("nsenter", "-t", $"{Keeper}", "-m", "--", "mount", "-o", $"remount,{option}", _place)).Succeeded();

    public async ValueTask DisposeAsync()
    {
        _keeper.Kill();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
        Directory.Delete(_place);
    }
}
