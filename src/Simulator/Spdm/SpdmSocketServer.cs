using System.Net;
using System.Net.Sockets;
using Fleet.Agent.Attestation;
using Fleet.Pci.Doe;
using Microsoft.Extensions.Logging;

namespace Fleet.Simulator.Spdm;

/// <summary>Serves responders on a TCP port in the DMTF emulator's protocol, with PCI DOE; each connection meets a device of its own state.</summary>
internal sealed class SpdmSocketServer : IAsyncDisposable
{
    private static readonly byte[] Hello = [.. "Server Hello!\0"u8];

    private readonly TcpListener _listener;
    private readonly Func<SpdmResponder> _device;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    private SpdmSocketServer(TcpListener listener, Func<SpdmResponder> device, ILogger log)
    {
        _listener = listener;
        _device = device;
        _log = log;
        _accepting = AcceptAsync();
    }

    public IPEndPoint End => (IPEndPoint)_listener.LocalEndpoint;

    /// <exception cref="SocketException">The port is taken or may not be used.</exception>
    public static SpdmSocketServer Start(IPEndPoint end, Func<SpdmResponder> device, ILogger log)
    {
        TcpListener listener = new(end);
        listener.Start();
        return new(listener, device, log);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> open = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                open.RemoveAll(task => task.IsCompleted);
                open.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            client.NoDelay = true;
            SpdmResponder responder = _device();
            try
            {
                while (await SpdmSocketFrame.ReadAsync(client.GetStream(), _stopping.Token) is { } frame)
                {
                    await Answer(responder, frame).WriteAsync(client.GetStream(), _stopping.Token);
                    if (frame.Command == SpdmSocketFrame.Shutdown)
                    {
                        return;
                    }
                }
            }
            catch (IOException e)
            {
                _log.SpdmConnectionLost(e.Message);
            }
            catch (OperationCanceledException)
            {
                // Stopping: whoever is connected sees the connection end.
            }
        }
    }

    private static SpdmSocketFrame Answer(SpdmResponder responder, SpdmSocketFrame frame) => frame switch
    {
        { Command: SpdmSocketFrame.Test } => frame with { Payload = Hello },
        { Command: SpdmSocketFrame.Shutdown } => frame with { Payload = default },
        { Command: SpdmSocketFrame.Normal, Transport: SpdmSocketFrame.PciDoe } => frame with { Payload = Object(responder, frame.Payload) },
        _ => frame with { Command = SpdmSocketFrame.Unknown, Payload = default },
    };

    // An object that is none gets an empty frame: on hardware it would be discarded, but whoever reads a socket would wait for ever.
    private static ReadOnlyMemory<byte> Object(SpdmResponder responder, ReadOnlyMemory<byte> data)
    {
        if (!DoeObject.TryDecode(data.Span, out DoeHeader header, out ReadOnlySpan<byte> payload))
        {
            return default;
        }

        return header.Feature == DoeFeature.Discovery && payload.Length == 4 ? DoeObject.Encode(header.Feature, Discover(payload[0]))
            : header.Feature == DoeFeature.SecuredCmaSpdm && responder.AnswerSecured(data[DoeHeader.Size..]) is { } sealedAnswer ? DoeObject.Encode(header.Feature, sealedAnswer)
            : header.Feature == DoeFeature.CmaSpdm ? DoeObject.Encode(header.Feature, responder.Answer(data[DoeHeader.Size..]))
            : default(ReadOnlyMemory<byte>);
    }

    private static byte[] Discover(byte index) => index switch
    {
        0 => [0x01, 0x00, 0x00, 0x01],
        1 => [0x01, 0x00, 0x01, 0x02],
        2 => [0x01, 0x00, 0x02, 0x00],
        _ => [0xFF, 0xFF, 0x00, 0x00],
    };
}
