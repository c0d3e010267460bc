using System.Diagnostics;

namespace Fleet.FaultTrial;

/// <summary>A small tmpfs that can be filled to the last byte. Where none can be mounted it is a plain directory, and nothing is filled.</summary>
internal sealed class SmallDisk
{
    private readonly string _ballast;

    public SmallDisk(string path, int megabytes)
    {
        Path = path;
        Directory.CreateDirectory(path);
        _ballast = System.IO.Path.Combine(path, "ballast");
        using Process mount = Process.Start("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m", "trial", path]);
        mount.WaitForExit();
        CanFill = mount.ExitCode is 0;
    }

    public string Path { get; }

    public bool CanFill { get; }

    public void Fill()
    {
        byte[] piece = new byte[4096];
        try
        {
            using FileStream file = new(_ballast, FileMode.Create, FileAccess.Write, FileShare.None, 1);
            while (true)
            {
                file.Write(piece);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(_ballast);
}
