using System.Runtime.InteropServices;
using System.Text;
using Fleet.Agent.Fuse;
using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>Plays the kernel's part against a dispatcher over a synthetic tree, without a mount.</summary>
internal sealed class Kernel : IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("dispatcher-");
    private readonly HandleTable _handles = new(generation: 1);
    private readonly HostBroker _broker;
    private readonly FuseDispatcher _dispatcher;
    private readonly byte[] _reply = new byte[FuseSession.BufferSize];

    public Kernel()
    {
        _broker = new HostBroker(
            new BrokerOptions { Ceiling = EnforcementMode.Enforce, JournalPath = Path.Combine(_state.FullName, "journal") },
            new NoEvents(),
            TimeProvider.System);
        PciAddress address = PciAddress.Parse(SyntheticTree.First);
        Space = new RecordingSpace(address, new byte[4096]);
        _broker.Attach(Space, new FunctionFacts { Address = address, VendorId = "1af4", DeviceId = "1100", ClassCode = "010802" });
        MirrorTree tree = new(Tree.Root, _broker);
        NodeOperations names = new(tree, Nodes);
        _dispatcher = new FuseDispatcher(
            names, new DirectoryOperations(tree, Nodes, _handles, names), new FileOperations(tree, Nodes, _handles, _broker, Dropped.Add, new UnknownWrites(new NoEvents(), TimeProvider.System), new ExecutableHashes()));
    }

    public SyntheticTree Tree { get; } = new();

    public NodeTable Nodes { get; } = new();

    public RecordingSpace Space { get; }

    public List<ulong> Dropped { get; } = [];

    public HostBroker Broker => _broker;

    public int OpenFiles => _handles.Count;

    public static byte[] Request(Operation operation, ulong node, ReadOnlySpan<byte> body)
    {
        byte[] bytes = new byte[InHeader.Size + body.Length];
        InHeader header = new()
        {
            Length = (uint)bytes.Length,
            Operation = operation,
            Unique = 2,
            NodeId = node,
            Pid = (uint)Environment.ProcessId,
        };
        MemoryMarshal.Write(bytes, in header);
        body.CopyTo(bytes.AsSpan(InHeader.Size));
        return bytes;
    }

    public static byte[] Bytes<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    public static byte[] Name(string name) => [.. Encoding.UTF8.GetBytes(name), 0];

    /// <summary>Sends bytes; the reply is checked to be whole, and its error returned as a positive number.</summary>
    public (int Error, byte[] Payload)? Send(ReadOnlySpan<byte> request)
    {
        if (!FuseRequest.TryRead(request, null, out FuseRequest parsed))
        {
            return null;
        }

        int length = _dispatcher.Dispatch(parsed, _reply);
        if (length is 0)
        {
            return null;
        }

        OutHeader header = MemoryMarshal.Read<OutHeader>(_reply);
        Assert.Equal((uint)length, header.Length);
        Assert.InRange(header.Error, -200, 0);
        return (-header.Error, _reply[OutHeader.Size..length]);
    }

    public (int Error, byte[] Payload)? Send(Operation operation, ulong node, ReadOnlySpan<byte> body) =>
        Send(Request(operation, node, body));

    public ulong Lookup(params string[] path)
    {
        ulong node = Node.RootId;
        foreach (string name in path)
        {
            (int error, byte[] payload) = Send(Operation.Lookup, node, Name(name))!.Value;
            Assert.Equal(0, error);
            node = MemoryMarshal.Read<EntryOut>(payload).NodeId;
        }

        return node;
    }

    public (ulong Node, ulong Handle) OpenConfig()
    {
        ulong node = Lookup("devices", SyntheticTree.First, "config");
        (int error, byte[] payload) = Send(Operation.Open, node, Bytes(new OpenIn { Flags = 2 }))!.Value;
        Assert.Equal(0, error);
        return (node, MemoryMarshal.Read<OpenOut>(payload).Handle);
    }

    public void Dispose()
    {
        _handles.Dispose();
        _broker.Dispose();
        Tree.Dispose();
        _state.Delete(recursive: true);
    }

    private sealed class NoEvents : IEventSink
    {
        public void Publish(FleetEvent fleetEvent)
        {
        }
    }
}
