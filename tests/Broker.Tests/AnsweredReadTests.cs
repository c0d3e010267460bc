using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker.Tests;

/// <summary>Reads that claims answer with ones or from what was read before.</summary>
public sealed class AnsweredReadTests
{
    private readonly MemorySpace _space = new("0000:01:00.0") { Recording = true };

    public AnsweredReadTests()
    {
        for (int i = 0; i < _space.Bytes.Length; i++)
        {
            _space.Bytes[i] = (byte)(i % 251);
        }
    }

    [Fact]
    public void Ones_PartOfARead_OnlyTheUnitsThatTheClaimTouches()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig, ClaimAction.Ones, 0x46, 4);
        byte[] bytes = new byte[20];

        Assert.Equal(new AccessResult(AccessStatus.Done, 20), rig.Broker.Read(function, 0x3e, bytes, Rig.Setpci));

        byte[] expected = _space.Bytes[0x3e..0x52];
        expected.AsSpan(0x44 - 0x3e, 8).Fill(0xff);
        Assert.Equal(expected, bytes);
        Assert.Equal([(0x3e, 6), (0x4c, 6)], _space.Asked);
        FleetEvent told = Assert.Single(rig.Of(EventKinds.ContentionAccess));
        Assert.Equal(Decision.Ones, told.Decision);
        Assert.Equal(Decision.Ones, Assert.Single(rig.Broker.ReadJournal().Entries).Decision);
    }

    [Fact]
    public void Ones_NarrowReadBesideTheClaim_IsReal()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig, ClaimAction.Ones, 0x46, 1);
        byte[] bytes = new byte[1];
        rig.Broker.Read(function, 0x45, bytes, Rig.Setpci);
        Assert.Equal(_space.Bytes[0x45], bytes[0]);
        rig.Broker.Read(function, 0x46, bytes, Rig.Setpci);
        Assert.Equal(0xff, bytes[0]);
    }

    [Fact]
    public void Ones_WholeFunction_KeepsWhatSaysWhatIsThere()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig, ClaimAction.Ones, 0, 4096);
        byte[] bytes = new byte[4096];

        rig.Broker.Read(function, 0, bytes, Rig.Setpci);

        int[] real = [.. Enumerable.Range(0, 1024).Where(unit => !bytes.AsSpan(unit * 4, 4).SequenceEqual(new byte[] { 255, 255, 255, 255 })).Select(unit => unit * 4)];
        Assert.Equal([0x00, 0x0c, 0x34, 0x150], real);
        Assert.All(real, at => Assert.Equal(_space.Bytes[at..(at + 4)], bytes[at..(at + 4)]));
    }

    [Fact]
    public void Ones_FunctionThatIsGone_IsToldAsGone()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig, ClaimAction.Ones, 0x40, 8);
        _space.Bytes.AsSpan().Fill(0xff);
        Assert.Equal(AccessStatus.Gone, rig.Broker.Read(function, 0x40, new byte[4], Rig.Setpci).Status);
        _space.Answer = ConfigStatus.Gone;
        Assert.Equal(AccessStatus.Gone, rig.Broker.Read(function, 0x40, new byte[4], Rig.Setpci).Status);
    }

    [Fact]
    public void Ones_VirtualFunctionWithoutIdentity_IsNotTakenForGone()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig, ClaimAction.Ones, 0x40, 8);
        _space.Bytes.AsSpan(0, 4).Fill(0xff);
        Assert.Equal(AccessStatus.Done, rig.Broker.Read(function, 0x40, new byte[4], Rig.Setpci).Status);
    }

    [Fact]
    public void Cached_PolledAtFullSpeed_AsksTheFunctionOnceAMinute()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig, ClaimAction.Cached, 0x40, 8);
        byte[] bytes = new byte[8];
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(new AccessResult(AccessStatus.Done, 8), rig.Broker.Read(function, 0x40, bytes, Rig.Setpci));
        }

        Assert.Equal(_space.Bytes[0x40..0x48], bytes);
        Assert.Equal([(0x40, 4), (0x44, 4)], _space.Asked);
        byte before = _space.Bytes[0x40];
        _space.Bytes[0x40] = 0xaa;
        rig.Broker.Read(function, 0x40, bytes, Rig.Setpci);
        Assert.Equal(before, bytes[0]);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        rig.Broker.Read(function, 0x40, bytes, Rig.Setpci);
        Assert.Equal(0xaa, bytes[0]);
    }

    [Fact]
    public void Cached_FunctionThatSleeps_IsNeverWoken()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig, ClaimAction.Cached, 0, 4096, new ConfigRange(0, "4d1424a8"), new ConfigRange(0x150, "2e000100"));
        byte[] bytes = new byte[4];
        rig.Broker.Read(function, 0x40, bytes, Rig.Setpci);
        int cycles = _space.Reads;
        _space.IsAsleep = true;
        rig.Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(AccessStatus.Done, rig.Broker.Read(function, 0x40, bytes, Rig.Setpci).Status);
        Assert.Equal(_space.Bytes[0x40..0x44], bytes);
        rig.Broker.Read(function, 0, bytes, Rig.Setpci);
        Assert.Equal([0x4d, 0x14, 0x24, 0xa8], bytes);
        rig.Broker.Read(function, 0x150, bytes, Rig.Setpci);
        Assert.Equal([0x2e, 0x00, 0x01, 0x00], bytes);
        Assert.Equal(AccessStatus.Refused, rig.Broker.Read(function, 0x80, bytes, Rig.Setpci).Status);
        Assert.Equal(cycles, _space.Reads);
    }

    [Fact]
    public void Cached_FunctionThatWentAway_KeepsTheLastGoodBytes()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig, ClaimAction.Cached, 0x40, 8);
        byte[] bytes = new byte[4];
        rig.Broker.Read(function, 0x40, bytes, Rig.Setpci);
        byte[] good = [.. bytes];
        _space.Bytes.AsSpan().Fill(0xff);
        rig.Broker.Read(function, 0x40, new byte[4], Rig.Tool);
        Assert.Equal(AccessStatus.Done, rig.Broker.Read(function, 0x40, bytes, Rig.Setpci).Status);
        Assert.Equal(good, bytes);
    }

    [Fact]
    public void Cached_HeaderOfACapability_IsTheFunctionsOwn()
    {
        using Rig rig = new();
        BrokeredFunction function = Attach(rig, ClaimAction.Cached, 0x150, 0x18);
        byte[] bytes = new byte[8];
        rig.Broker.Read(function, 0x150, bytes, Rig.Setpci);
        _space.Bytes.AsSpan(0x150, 8).Fill(0x11);
        byte[] old = [.. bytes];
        rig.Broker.Read(function, 0x150, bytes, Rig.Setpci);
        Assert.Equal([0x11, 0x11, 0x11, 0x11, .. old[4..]], bytes);
    }

    private BrokeredFunction Attach(Rig rig, ClaimAction onRead, int offset, int length, params ConfigRange[] known)
    {
        rig.Broker.Attach(_space, Rig.Facts(_space.Address) with { Config = known });
        rig.Broker.Apply([Rig.Policy(new CompiledClaim { Region = new RegionSpec { Offset = offset, Length = length }, Holder = "ops", OnRead = onRead })]);
        Assert.True(rig.Broker.TryGet(_space.Address, out BrokeredFunction? function));
        _space.Asked.Clear();
        return function;
    }
}
