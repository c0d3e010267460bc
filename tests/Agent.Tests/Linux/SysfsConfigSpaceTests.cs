using Fleet.Agent.Linux;
using Fleet.Agent.Tests.Fuse;
using Fleet.Pci;

namespace Fleet.Agent.Tests.Linux;

public sealed class SysfsConfigSpaceTests : IDisposable
{
    private static readonly PciAddress First = PciAddress.Parse(SyntheticTree.First);

    private readonly SyntheticTree _tree = new();

    [Fact]
    public void Read_Inside_GivesTheBytes()
    {
        using SysfsConfigSpace space = Open(ConfigWrites.ReadOnly);
        Span<byte> bytes = stackalloc byte[4];

        Assert.Equal(ConfigResult.Done(4), space.Read(0, bytes));
        Assert.Equal([0xf4, 0x1a, 0x00, 0x11], bytes.ToArray());
    }

    [Theory]
    [InlineData(-1, 4, ConfigStatus.OutOfRange, 0)]
    [InlineData(4096, 4, ConfigStatus.OutOfRange, 0)]
    [InlineData(4094, 4, ConfigStatus.Done, 2)]
    [InlineData(0, 0, ConfigStatus.Done, 0)]
    public void Read_AtTheEdges_IsBounded(int offset, int length, ConfigStatus status, int count)
    {
        using SysfsConfigSpace space = Open(ConfigWrites.ReadOnly);

        Assert.Equal(new ConfigResult(status, count), space.Read(offset, new byte[length]));
    }

    [Fact]
    public void Write_ReadOnly_NeverReachesTheFile()
    {
        using SysfsConfigSpace space = Open(ConfigWrites.ReadOnly);

        Assert.Equal(ConfigResult.Failed(ConfigStatus.ReadOnly), space.Write(0, [0xff]));
        Assert.Equal(0xf4, File.ReadAllBytes($"{_tree.Root}/devices/{First}/config")[0]);
    }

    [Fact]
    public void Write_PastTheEnd_IsRefusedWhole()
    {
        using SysfsConfigSpace space = Open(ConfigWrites.Allowed);

        Assert.Equal(ConfigResult.Failed(ConfigStatus.OutOfRange), space.Write(4094, new byte[4]));
        Assert.Equal(4096, new FileInfo($"{_tree.Root}/devices/{First}/config").Length);
    }

    [Fact]
    public void IsAsleep_PoweredOff_IsToldByTheCachedAttribute()
    {
        using SysfsConfigSpace space = Open(ConfigWrites.ReadOnly);
        string attribute = $"{_tree.Root}/devices/{First}/power_state";
        Assert.False(space.IsAsleep);
        File.WriteAllText(attribute, "D3cold\n");
        Assert.True(space.IsAsleep);
        File.WriteAllText(attribute, "D3hot\n");
        Assert.False(space.IsAsleep);
    }

    [Fact]
    public void BootClock_Now_GoesOnAndIsNoLessThanTheMonotonicClock()
    {
        TimeSpan first = BootClock.Now();
        Assert.True(first.TotalSeconds >= Math.Floor(Environment.TickCount64 / 1000.0) - 1);
        Assert.True(BootClock.Now() >= first);
    }

    [Fact]
    public void TryOpen_NoSuchFunction_SaysWhy()
    {
        Assert.Null(SysfsConfigSpace.TryOpen(_tree.Root, PciAddress.Parse("0000:00:1f.0"), ConfigWrites.ReadOnly, out int error));
        Assert.Equal(Errno.NoEntry, error);
    }

    public void Dispose() => _tree.Dispose();

    private SysfsConfigSpace Open(ConfigWrites writes) => SysfsConfigSpace.TryOpen(_tree.Root, First, writes, out _)!;
}
