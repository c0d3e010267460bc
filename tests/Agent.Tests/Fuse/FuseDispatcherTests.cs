using System.Runtime.InteropServices;
using Fleet.Agent.Fuse;
using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Linux;
using Fleet.Pci;

namespace Fleet.Agent.Tests.Fuse;

public sealed class FuseDispatcherTests : IDisposable
{
    private readonly Kernel _kernel = new();

    [Fact]
    public void Write_Config_ReachesTheSpaceOnceUnchanged()
    {
        (ulong node, ulong handle) = _kernel.OpenConfig();

        (int error, byte[] payload) = Write(node, handle, 0x44, [0x12, 0x34])!.Value;

        Assert.Equal(0, error);
        Assert.Equal(2u, MemoryMarshal.Read<WriteOut>(payload).Size);
        (int offset, byte[] data) = Assert.Single(_kernel.Space.Writes);
        Assert.Equal(0x44, offset);
        Assert.Equal([0x12, 0x34], data);
    }

    [Theory]
    [InlineData(ConfigStatus.Gone, Errno.NoDevice)]
    [InlineData(ConfigStatus.ReadOnly, Errno.ReadOnly)]
    [InlineData(ConfigStatus.Denied, Errno.NotPermitted)]
    [InlineData(ConfigStatus.Failed, Errno.InputOutput)]
    public void Write_RefusedBySpace_GivesItsErrno(ConfigStatus status, int expected)
    {
        (ulong node, ulong handle) = _kernel.OpenConfig();
        _kernel.Space.Answer = status;

        Assert.Equal(expected, Write(node, handle, 0x44, [1])!.Value.Error);
    }

    [Fact]
    public void Write_SizeUnlikeData_IsInvalidAndReachesNothing()
    {
        (ulong node, ulong handle) = _kernel.OpenConfig();
        byte[] head = Kernel.Bytes(new TransferIn { Handle = handle, Offset = 0x44, Size = 8 });

        Assert.Equal(Errno.Invalid, _kernel.Send(Operation.Write, node, [.. head, 1, 2])!.Value.Error);
        Assert.Empty(_kernel.Space.Writes);
    }

    [Theory]
    [InlineData(4092ul, 8, 4)]
    [InlineData(4096ul, 8, 0)]
    [InlineData(ulong.MaxValue, 8, 0)]
    public void Write_AtTheEnd_IsCutAsInSysfs(ulong offset, int length, uint written)
    {
        (ulong node, ulong handle) = _kernel.OpenConfig();

        (int error, byte[] payload) = Write(node, handle, offset, new byte[length])!.Value;

        Assert.Equal(0, error);
        Assert.Equal(written, MemoryMarshal.Read<WriteOut>(payload).Size);
    }

    [Fact]
    public void Read_HugeSize_IsBoundedAndDropsPages()
    {
        (ulong node, ulong handle) = _kernel.OpenConfig();

        (int error, byte[] payload) = Read(node, handle, 0, uint.MaxValue)!.Value;

        Assert.Equal(0, error);
        Assert.InRange(payload.Length, 64, 4096);
        Assert.Equal([node], _kernel.Dropped);
    }

    [Fact]
    public void Read_FunctionDetached_IsNoDevice()
    {
        (ulong node, ulong handle) = _kernel.OpenConfig();
        _kernel.Broker.Detach(_kernel.Space.Address);

        Assert.Equal(Errno.NoDevice, Read(node, handle, 0, 4)!.Value.Error);
    }

    [Fact]
    public void Open_FunctionNotYetAttached_IsNoDevice()
    {
        ulong node = _kernel.Lookup("devices", SyntheticTree.Second, "config");

        Assert.Equal(Errno.NoDevice, _kernel.Send(Operation.Open, node, Kernel.Bytes(default(OpenIn)))!.Value.Error);
    }

    [Fact]
    public void Open_FunctionBelowABridge_IsTheBrokersAndNotRaw()
    {
        string below = Path.Combine(_kernel.Tree.Root, "devices", SyntheticTree.First, "0000:01:00.0");
        Directory.CreateDirectory(below);
        File.WriteAllBytes(Path.Combine(below, "config"), new byte[4096]);
        ulong node = _kernel.Lookup("devices", SyntheticTree.First, "0000:01:00.0", "config");

        Assert.Equal(Errno.NoDevice, _kernel.Send(Operation.Open, node, Kernel.Bytes(default(OpenIn)))!.Value.Error);
    }

    [Theory]
    [InlineData("resource0")]
    [InlineData("resource2_wc")]
    public void Open_BarWindow_IsDenied(string name)
    {
        File.WriteAllText(Path.Combine(_kernel.Tree.Root, "devices", SyntheticTree.First, name), "");
        ulong node = _kernel.Lookup("devices", SyntheticTree.First, name);

        Assert.Equal(Errno.Access, _kernel.Send(Operation.Open, node, Kernel.Bytes(default(OpenIn)))!.Value.Error);
    }

    [Theory]
    [InlineData(1u)] // O_WRONLY
    [InlineData(2u)] // O_RDWR
    public void Open_AttributeForWriting_IsDenied(uint flags)
    {
        ulong node = _kernel.Lookup("devices", SyntheticTree.First, "remove");

        Assert.Equal(Errno.Access, _kernel.Send(Operation.Open, node, Kernel.Bytes(new OpenIn { Flags = flags }))!.Value.Error);
    }

    [Fact]
    public void Release_OpenFile_IsForgotten()
    {
        (ulong node, ulong handle) = _kernel.OpenConfig();

        _kernel.Send(Operation.Release, node, Kernel.Bytes(new ReleaseIn { Handle = handle }));

        Assert.Equal(0, _kernel.OpenFiles);
        Assert.Equal(Errno.BadHandle, Read(node, handle, 0, 4)!.Value.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../../etc")]
    [InlineData("devices/x")]
    public void Lookup_NameThatIsNoName_IsInvalid(string name)
    {
        Assert.Equal(Errno.Invalid, _kernel.Send(Operation.Lookup, Node.RootId, Kernel.Name(name))!.Value.Error);
    }

    [Fact]
    public void Lookup_NameWithoutEnd_IsInvalid()
    {
        Assert.Equal(Errno.Invalid, _kernel.Send(Operation.Lookup, Node.RootId, "devices"u8)!.Value.Error);
        Assert.Equal(Errno.Invalid, _kernel.Send(Operation.Lookup, Node.RootId, Kernel.Name(new string('a', 300)))!.Value.Error);
    }

    [Fact]
    public void Forget_MoreThanWasLookedUp_DropsTheNodeOnly()
    {
        ulong node = _kernel.Lookup("devices");

        Assert.Null(_kernel.Send(Operation.Forget, node, Kernel.Bytes(ulong.MaxValue)));
        Assert.Equal(0, _kernel.Nodes.Count);
        Assert.Equal(Errno.NoEntry, _kernel.Send(Operation.GetAttributes, node, new byte[16])!.Value.Error);
    }

    [Fact]
    public void Lookup_SamePathAgain_HasTheSameNumber()
    {
        ulong first = _kernel.Lookup("devices", SyntheticTree.First, "config");
        using Kernel other = new();

        Assert.Equal(first, other.Lookup("devices", SyntheticTree.First, "config"));
    }

    [Fact]
    public void ReadDirectory_OffsetBeyond_IsEmpty()
    {
        ulong node = _kernel.Lookup("devices");
        byte[] opened = _kernel.Send(Operation.OpenDirectory, node, Kernel.Bytes(default(OpenIn)))!.Value.Payload;
        ulong handle = MemoryMarshal.Read<OpenOut>(opened).Handle;
        byte[] wanted = Kernel.Bytes(new TransferIn { Handle = handle, Offset = ulong.MaxValue, Size = uint.MaxValue });

        Assert.Empty(_kernel.Send(Operation.ReadDirectoryPlus, node, wanted)!.Value.Payload);
    }

    [Theory]
    [InlineData(7u, 22u, Errno.Protocol)]
    [InlineData(6u, 99u, Errno.Protocol)]
    [InlineData(7u, 38u, 0)]
    [InlineData(8u, 1u, 0)]
    public void Init_Versions_AreChecked(uint major, uint minor, int expected)
    {
        byte[] offer = Kernel.Bytes(new InitIn { Major = major, Minor = minor });

        Assert.Equal(expected, _kernel.Send(Operation.Init, 0, offer)!.Value.Error);
    }

    [Fact]
    public void Dispatch_UnknownOperation_IsNotImplemented()
    {
        Assert.Equal(Errno.NotImplemented, _kernel.Send((Operation)999, Node.RootId, [])!.Value.Error);
    }

    public void Dispose() => _kernel.Dispose();

    private (int Error, byte[] Payload)? Read(ulong node, ulong handle, ulong offset, uint size) =>
        _kernel.Send(Operation.Read, node, Kernel.Bytes(new TransferIn { Handle = handle, Offset = offset, Size = size }));

    private (int Error, byte[] Payload)? Write(ulong node, ulong handle, ulong offset, byte[] data) =>
        _kernel.Send(Operation.Write, node, [.. Kernel.Bytes(new TransferIn { Handle = handle, Offset = offset, Size = (uint)data.Length }), .. data]);
}
