using Fleet.Testing;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>The mirror in front of unmodified tools.</summary>
public sealed class MirrorToolTests
{
    [Fact]
    public async Task Lspci_RealTree_DiffersInNoLineThatIsStable()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree place = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, place.Mountpoint, "--real");

        string[] first = (await space.RunAsync("lspci", "-vvv")).Output.Split('\n');
        string[] mirrored = (await space.RunAsync("lspci", "-vvv", "-O", $"sysfs.path={place.Mountpoint}")).Output.Split('\n');
        string[] second = (await space.RunAsync("lspci", "-vvv")).Output.Split('\n');

        Assert.Equal(first.Length, second.Length);
        Assert.Equal(first.Length, mirrored.Length);
        Assert.SkipWhen(first.Length < 2, "this machine has no PCI function");
        IEnumerable<int> stable = Enumerable.Range(0, first.Length).Where(line => first[line] == second[line]);
        Assert.All(stable, line => Assert.Equal(first[line], mirrored[line]));
    }

    [Theory]
    [InlineData("-vvv")]
    [InlineData("-vvvxxxx")]
    [InlineData("-nnk")]
    [InlineData("-tv")]
    public async Task Lspci_SyntheticTree_PrintsTheSame(string option)
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);

        ToolResult direct = await space.RunAsync("lspci", option, "-O", $"sysfs.path={tree.Root}");
        ToolResult mirrored = await space.RunAsync("lspci", option, "-O", $"sysfs.path={tree.Mountpoint}");

        Assert.NotEmpty(direct.Output);
        Assert.Equal(direct.Output, mirrored.Output);
    }

    [Fact]
    public async Task Setpci_UnclaimedRegister_ArrivesOnceAsItWasMade()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);

        await space.RunAsync("setpci", "-O", $"sysfs.path={tree.Mountpoint}", "-s", "00:01.0", "44.W=1234");
        await mirror.TellAsync("journal");

        Assert.Equal([$"write {SyntheticTree.First} 44+2 3412"], mirror.Starting("write"));
        string entry = Assert.Single(mirror.Starting("journal"), line => line.Contains("Operation = Write", StringComparison.Ordinal));
        Assert.Contains("/setpci,", entry, StringComparison.Ordinal);
        Assert.Contains("Offset = 68, Length = 2", entry, StringComparison.Ordinal);
        Assert.Contains("Count = 1 }", entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setpci_ClaimedMailbox_IsRefusedAndReachesNothing()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);

        ToolResult result = await space.RunAsync("setpci", "-O", $"sysfs.path={tree.Mountpoint}", "-s", "00:01.0", "108.W=0001");
        await WaitFor.TrueAsync(() => mirror.Starting("event").Count > 0);

        Assert.Contains("resource busy", result.Error, StringComparison.Ordinal); // EBUSY; the exit code is 0 all the same
        Assert.Empty(mirror.Starting("write"));
        string contention = Assert.Single(mirror.Starting("event"));
        Assert.StartsWith($"event contention.access Refuse {SyntheticTree.First} 108+2 uid=0", contention, StringComparison.Ordinal);
        Assert.Contains("comm=setpci", contention, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NotRoot_GetsTheHeaderOnlyAsFromSysfs()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);

        string count = $"wc -c < {tree.ConfigOf(SyntheticTree.First)} && cat {tree.ConfigOf(SyntheticTree.First)} | wc -c";
        ToolResult nobody = await space.RunAsync("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", count);
        ToolResult fakeRoot = await space.RunAsync("unshare", "-U", "-r", "sh", "-c", $"cat {tree.ConfigOf(SyntheticTree.First)} | wc -c");
        ToolResult root = await space.RunAsync("sh", "-c", $"cat {tree.ConfigOf(SyntheticTree.First)} | wc -c");

        Assert.Equal("64", nobody.Output.Split('\n')[1]);
        Assert.Equal("4096\n", root.Output);
        Assert.True(fakeRoot.Output is "64\n" || fakeRoot.ExitCode is not 0, "root of another user namespace saw more than the header");
    }

    [Fact]
    public async Task Read_FromOutsideOfTheAgentsPidNamespace_GetsTheHeaderOnlyAndHasNoName()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartByAsync(
            space, ["unshare", "--pid", "--fork", "--kill-child"], tree.Mountpoint, "--tree", tree.Root);

        ToolResult read = await space.RunAsync("sh", "-c", $"cat {tree.ConfigOf(SyntheticTree.First)} | wc -c");
        await mirror.TellAsync("journal");

        Assert.Equal("64\n", read.Output);
        Assert.All(mirror.Starting("journal"), line => Assert.DoesNotContain("/cat,", line, StringComparison.Ordinal));
        Assert.NotEmpty(mirror.Starting("journal"));
    }

    [Fact]
    public async Task Stat_Config_HasTheSizeOfTheSpace()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);

        ToolResult sizes = await space.RunAsync("stat", "-c", "%s", tree.ConfigOf(SyntheticTree.First), tree.ConfigOf(SyntheticTree.Conventional));

        Assert.Equal("4096\n256\n", sizes.Output);
    }

    [Theory]
    [InlineData(4094, 16, 2)] // cut at the end
    [InlineData(4096, 4, 0)]
    [InlineData(1 << 20, 4, 0)]
    public async Task Read_AtAndPastTheEnd_IsShortAsInSysfs(int offset, int length, int expected)
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);

        ToolResult read = await space.RunAsync(
            "sh", "-c", $"dd if={tree.ConfigOf(SyntheticTree.First)} iflag=skip_bytes bs={length} skip={offset} count=1 2>&1 >/dev/null | tail -1");

        Assert.StartsWith($"{expected} bytes", read.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("remove")]
    [InlineData("vendor")]
    public async Task Write_Attribute_IsDenied(string name)
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);

        ToolResult result = await space.RunAsync("sh", "-c", $"echo 1 > {tree.Mountpoint}/devices/{SyntheticTree.First}/{name}");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("ermission denied", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("1\n", File.ReadAllText(Path.Combine(tree.Root, "devices", SyntheticTree.First, "remove")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_OneFunctionHeld_AnotherReaderPasses()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);
        await mirror.TellAsync("hold");
        using System.Diagnostics.Process held = space.StartInside("cat", tree.ConfigOf(SyntheticTree.First));
        await WaitFor.TrueAsync(() => mirror.Starting("waiting").Count > 0);

        ToolResult other = await space.RunAsync("cat", $"{tree.Mountpoint}/devices/{SyntheticTree.Second}/vendor");
        bool heldYet = !held.HasExited;
        await mirror.TellAsync("release");
        await held.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await held.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("0x1af4\n", other.Output);
        Assert.True(heldYet, "the held reader was not held");
        Assert.Equal(0, held.ExitCode);
    }
}
