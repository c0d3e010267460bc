using System.Diagnostics;
using Fleet.Pci;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;

namespace Fleet.Simulator.Tests;

/// <summary>A simulated host as a plain directory with the bytes of its functions, for the real lspci to read.</summary>
internal sealed class HostTree : IDisposable
{
    private static readonly string[] ToolPlaces = ["/usr/bin/lspci", "/usr/sbin/lspci", "/sbin/lspci"];
    private readonly HardwareDirectory _directory = new();

    public HostTree(HostKind kind)
    {
        AttributeTree tree = new(_directory.Path);
        foreach (FunctionModel model in HostModel.Functions(kind, 1))
        {
            tree.Add(model);
            SimulatedFunction function = FunctionFactory.Make(model, TimeProvider.System);
            byte[] bytes = new byte[function.Size];
            function.Read(0, bytes);
            File.WriteAllBytes(System.IO.Path.Combine(_directory.Path, "devices", model.Address.ToString(), "config"), bytes);
            Functions.Add(model.Address, function);
        }
    }

    public Dictionary<PciAddress, SimulatedFunction> Functions { get; } = [];

    public Task<string> LspciAsync(params string[] arguments) => RunAsync(["-O", $"sysfs.path={_directory.Path}", .. arguments]);

    /// <summary>What lspci says about itself; it wants no other option beside that one.</summary>
    public static Task<string> VersionAsync() => RunAsync(["--version"]);

    public void Dispose() => _directory.Dispose();

    private static async Task<string> RunAsync(string[] arguments)
    {
        string? tool = ToolPlaces.FirstOrDefault(File.Exists);
        Assert.SkipUnless(tool is not null, "Needs pciutils.");
        ProcessStartInfo start = new(tool!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("pcilib", await errors, StringComparison.Ordinal); // A machine without modules has lspci complain of libkmod.
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
