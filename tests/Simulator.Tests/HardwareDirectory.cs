namespace Fleet.Simulator.Tests;

/// <summary>A directory that is gone after the test.</summary>
internal sealed class HardwareDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fleet-sim-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
