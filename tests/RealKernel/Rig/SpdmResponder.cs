using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Fleet.RealKernel.Tests.Rig;

/// <summary>
/// What speaks for the NVMe controller's SPDM mailbox: QEMU passes it each object that the guest sends. It knows GET_VERSION and
/// answers all else with ERROR UnsupportedRequest (DSP0274).
/// </summary>
/// <remarks>On the socket a message is three big-endian numbers (command, transport, length) and as many bytes: a whole data object.</remarks>
internal sealed class SpdmResponder : IAsyncDisposable
{
    /// <summary>The payload of its VERSION response: 1.0, 1.1 and 1.2, filled up to whole dwords.</summary>
    public const string Versions = "100400000003001000110012";

    private const int HeaderSize = 12;
    private const int ObjectHeaderSize = 8;
    private const int LargestObject = 1 << 20;
    private const uint Normal = 1;
    private const byte GetVersion = 0x84;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

    public SpdmResponder()
    {
        _listener.Start();
        _serving = ServeAsync(_stopping.Token);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _serving;
        _stopping.Dispose();
    }

    /// <summary>The object that answers one; null when it is none.</summary>
    internal static byte[]? Answer(ReadOnlySpan<byte> request)
    {
        if (request.Length < ObjectHeaderSize + 4)
        {
            return null;
        }

        ReadOnlySpan<byte> message = request[ObjectHeaderSize..];
        byte[] payload = message[1] is GetVersion ? Convert.FromHexString(Versions) : [message[0], 0x7f, 0x07, message[1]];
        byte[] answer = new byte[ObjectHeaderSize + payload.Length];
        request[..4].CopyTo(answer); // the same vendor and type
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(4), answer.Length / 4);
        payload.CopyTo(answer.AsSpan(ObjectHeaderSize));
        return answer;
    }

    private async Task ServeAsync(CancellationToken ct)
    {
        try
        {
            using TcpClient client = await _listener.AcceptTcpClientAsync(ct);
            NetworkStream stream = client.GetStream();
            byte[] header = new byte[HeaderSize];
            while (true)
            {
                await stream.ReadExactlyAsync(header, ct);
                int length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(8));
                if (length is < 0 or > LargestObject)
                {
                    return;
                }

                byte[] request = new byte[length];
                await stream.ReadExactlyAsync(request, ct);
                byte[] answer = BinaryPrimitives.ReadUInt32BigEndian(header) is Normal ? Answer(request) ?? [] : [];
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), answer.Length);
                await stream.WriteAsync((byte[])[.. header, .. answer], ct);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // The guest was switched off, or the boot is over.
        }
    }
}
