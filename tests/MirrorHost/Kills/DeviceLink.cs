using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.MirrorHost.Kills;

/// <summary>An agent's bus to the devices of <see cref="DeviceServer"/>: one access at a time, as on a bus.</summary>
internal sealed class DeviceLink : IDisposable
{
    public const int RequestSize = 14;
    public const int ReplySize = 9;
    public const int MostData = 1 << 20;

    private readonly Lock _gate = new();
    private readonly NetworkStream _stream;
    private readonly byte[] _data = new byte[MostData];

    public DeviceLink(string socketPath)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public ConfigResult Read(PciAddress address, int offset, Span<byte> destination) => Call('r', address, offset, destination, default);

    public ConfigResult Write(PciAddress address, int offset, ReadOnlySpan<byte> source) => Call('w', address, offset, default, source);

    public IReadOnlyList<PciAddress> Addresses() => Ask<PciAddress[]>('l', default);

    public FunctionFacts Function(PciAddress address) => Ask<FunctionFacts>('f', address);

    public void Dispose() => _stream.Dispose();

    private T Ask<T>(char what, PciAddress address)
    {
        lock (_gate)
        {
            Send(what, address, 0, 0, default);
            ReceiveHead(out _, out _, out int length);
            _stream.ReadExactly(_data.AsSpan(0, length));
            return JsonSerializer.Deserialize<T>(_data.AsSpan(0, length), FleetJson.Options)!;
        }
    }

    private ConfigResult Call(char what, PciAddress address, int offset, Span<byte> destination, ReadOnlySpan<byte> source)
    {
        lock (_gate)
        {
            Send(what, address, offset, Math.Max(destination.Length, source.Length), source);
            ReceiveHead(out ConfigStatus status, out int count, out int length);
            _stream.ReadExactly(destination[..length]);
            return status is ConfigStatus.Done ? ConfigResult.Done(count) : ConfigResult.Failed(status);
        }
    }

    private void Send(char what, PciAddress address, int offset, int length, ReadOnlySpan<byte> source)
    {
        byte[] request = new byte[RequestSize + source.Length];
        request[0] = (byte)what;
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(1), (ushort)address.Domain);
        request[3] = address.Bus;
        request[4] = address.Device;
        request[5] = address.Function;
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(6), offset);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(10), length);
        source.CopyTo(request.AsSpan(RequestSize));
        _stream.Write(request);
    }

    private void ReceiveHead(out ConfigStatus status, out int count, out int length)
    {
        Span<byte> head = stackalloc byte[ReplySize];
        _stream.ReadExactly(head);
        status = (ConfigStatus)head[0];
        count = BinaryPrimitives.ReadInt32LittleEndian(head[1..]);
        length = BinaryPrimitives.ReadInt32LittleEndian(head[5..]);
    }
}
