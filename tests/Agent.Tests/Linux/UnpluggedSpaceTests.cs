using System.Diagnostics;
using Fleet.Agent.Linux;
using Fleet.Pci;

namespace Fleet.Agent.Tests.Linux;

/// <summary>
/// A file of sysfs whose object goes and comes back under the open handle. A network interface stands for the function, in a network
/// namespace of its own: the kernel's file code is the same, and no device is touched.
/// </summary>
public sealed class UnpluggedSpaceTests : IAsyncLifetime
{
    private static readonly PciAddress Address = PciAddress.Parse("0000:01:00.0");

    private readonly DirectoryInfo _tree = Directory.CreateTempSubdirectory("unplugged-");
    private Process? _helper;

    private string Function => Path.Combine(_tree.FullName, "devices", Address.ToString());

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/sbin/ip"), "it takes root and ip(8)");
        string sysfs = _tree.CreateSubdirectory("sys").FullName;
        _helper = Process.Start(new ProcessStartInfo("/usr/bin/unshare")
        {
            ArgumentList =
            {
                "--net", "--mount", "--propagation", "private", "/bin/sh", "-c",
                $"mount -t sysfs none {sysfs} && while read -r what; do if [ $what = come ]; then ip link add pf0 type veth peer name pf1; else ip link del pf0; fi; echo $?; done",
            },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        });
        Assert.SkipUnless(await TellAsync("come") is "0", "this kernel has no virtual Ethernet to stand for a function");
        Directory.CreateDirectory(Function);
        Identify("0xa80a");
        File.CreateSymbolicLink(Path.Combine(Function, "config"), $"/proc/{_helper!.Id}/root{sysfs}/class/net/pf0/address");
    }

    [Fact]
    public async Task Read_AfterItWent_IsGoneUntilTheSameIsBack()
    {
        using SysfsConfigSpace space = Open();
        byte[] bytes = new byte[4];
        Assert.Equal(ConfigResult.Done(4), space.Read(0, bytes));

        await TellAsync("go");
        Assert.Equal(ConfigResult.Failed(ConfigStatus.Gone), space.Read(0, bytes));

        await TellAsync("come");
        Assert.Equal(ConfigResult.Done(4), space.Read(0, bytes));
    }

    [Fact]
    public async Task Read_AnotherDeviceInItsPlace_StaysGone()
    {
        using SysfsConfigSpace space = Open();

        await TellAsync("go");
        Identify("0xa824");
        await TellAsync("come");

        Assert.Equal(ConfigResult.Failed(ConfigStatus.Gone), space.Read(0, new byte[4]));
    }

    public ValueTask DisposeAsync()
    {
        _helper?.Kill(entireProcessTree: true);
        _helper?.WaitForExit();
        _helper?.Dispose();
        _tree.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private SysfsConfigSpace Open() => SysfsConfigSpace.TryOpen(_tree.FullName, Address, ConfigWrites.ReadOnly, out _)!;

    private void Identify(string device)
    {
        File.WriteAllText(Path.Combine(Function, "vendor"), "0x144d\n");
        File.WriteAllText(Path.Combine(Function, "device"), $"{device}\n");
    }

    private async Task<string?> TellAsync(string what)
    {
        await _helper!.StandardInput.WriteLineAsync(what);
        await _helper.StandardInput.FlushAsync();
        return await _helper.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
    }
}
