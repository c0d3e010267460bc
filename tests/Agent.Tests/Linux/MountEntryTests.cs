using Fleet.Agent.Linux;

namespace Fleet.Agent.Tests.Linux;

public sealed class MountEntryTests
{
    [Fact]
    public void TryParse_EscapedMountpoint_IsUnescaped()
    {
        MountEntry? entry = MountEntry.TryParse(@"36 35 0:98 / /run/my\040dir rw,nosuid shared:1 master:2 - fuse.pcifleet pcifleet rw,user_id=0");

        Assert.Equal(new MountEntry("36", "/run/my dir", "fuse.pcifleet", "pcifleet", 98), entry);
    }

    [Theory]
    [InlineData("")]
    [InlineData("- - - -")]
    [InlineData("36 35 0:98 / /run rw")]
    [InlineData("36 35 x / /run rw - fuse.a a rw")]
    [InlineData("36 35 0:98 / /run rw -")]
    public void TryParse_Malformed_IsNull(string line)
    {
        Assert.Null(MountEntry.TryParse(line));
    }
}
