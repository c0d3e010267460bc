using Fleet.Pci;

namespace Fleet.Contracts.Tests;

public sealed class IdTests
{
    private const string Host = "0190c0de0000700080000000000000a1";

    [Theory]
    [InlineData("0000:01:00.0", "0000-01-00.0")]
    [InlineData("10000:e1:1f.7", "10000-e1-1f.7")]
    public void FunctionId_RoundTrips(string address, string written)
    {
        FunctionId id = new(HostId.Parse(Host), PciAddress.Parse(address));
        Assert.Equal($"{Host}-{written}", id.ToString());
        Assert.Equal(id, FunctionId.Parse(id.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(Host)]
    [InlineData(Host + "-")]
    [InlineData(Host + "-0000-01-00")]
    [InlineData(Host + "-0000-01-20.0")]
    [InlineData(Host + ".0000-01-00.0")]
    [InlineData("zz90c0de0000700080000000000000a1-0000-01-00.0")]
    public void FunctionId_Broken_DoesNotParse(string? text) => Assert.False(FunctionId.TryParse(text, out _));

    [Fact]
    public void Event_Id_IsHostEpochSequence() =>
        Assert.Equal($"{Host}-3-17", new FleetEvent { Host = HostId.Parse(Host), Epoch = 3, Sequence = 17, Time = default, Kind = EventKinds.HostState }.Id);
}
