using Fleet.Agent.Linux;

namespace Fleet.Agent.Tests.Linux;

public sealed class PciIdsTests : IDisposable
{
    private const string Text = """
        # a comment
        1af4  Red Hat, Inc.
        	1100  Test Device
        		1af4 1100  A subsystem
        8086  Intel Corporation
        zzzz  not hexadecimal
        12
        C 01  Mass storage controller
        	08  Non-Volatile memory controller
        		02  NVM Express
        """;

    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Load_Database_GivesNames()
    {
        File.WriteAllText(_path, Text);

        PciIds ids = PciIds.Load(_path);

        Assert.Equal("Red Hat, Inc.", ids.Vendor(0x1af4));
        Assert.Equal("Test Device", ids.Device(0x1af4, 0x1100));
        Assert.Equal("Intel Corporation", ids.Vendor(0x8086));
        Assert.Null(ids.Device(0x8086, 0x1100));
        Assert.Null(ids.Device(0x1af4, 0x1af4)); // a subsystem is no device
        Assert.Equal("Non-Volatile memory controller", ids.Class(1, 8));
        Assert.Equal("Mass storage controller", ids.Class(1, 99));
        Assert.Null(ids.Class(2, 0));
    }

    [Fact]
    public void Load_MissingFile_GivesNoNames()
    {
        Assert.Null(PciIds.Load(_path + ".none").Vendor(0x8086));
    }

    public void Dispose() => File.Delete(_path);
}
