using System.Net;
using System.Net.Sockets;
using Fleet.Pci.Doe;

namespace Fleet.Agent.Attestation;

/// <summary>A responder behind the DMTF emulator's TCP protocol, in PCI DOE objects.</summary>
internal sealed class SpdmSocketTransport : ISpdmTransport, IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    private readonly TcpClient _client;
    private readonly TimeProvider _time;

    private SpdmSocketTransport(TcpClient client, string place, TimeProvider time)
    {
        _client = client;
        _time = time;
        Place = place;
    }

    public string Place { get; }

    /// <exception cref="SpdmTransportException">Nobody listens there.</exception>
    public static async Task<SpdmSocketTransport> ConnectAsync(DnsEndPoint end, TimeProvider time, CancellationToken ct)
    {
        string place = $"{end.Host}:{end.Port}";
        TcpClient client = new() { NoDelay = true };
        using CancellationTokenSource limit = new(ConnectPatience, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await client.ConnectAsync(end.Host, end.Port, both.Token);
            return new(client, place, time);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            client.Dispose();
            throw new SpdmTransportException($"No SPDM responder can be reached at {place}: {e.Message}", e);
        }
    }

    public async Task<ReadOnlyMemory<byte>> ExchangeAsync(ReadOnlyMemory<byte> message, bool secured, TimeSpan patience, CancellationToken ct)
    {
        DoeFeature feature = secured ? DoeFeature.SecuredCmaSpdm : DoeFeature.CmaSpdm;
        using CancellationTokenSource limit = new(patience, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await new SpdmSocketFrame(SpdmSocketFrame.Normal, SpdmSocketFrame.PciDoe, DoeObject.Encode(feature, message.Span)).WriteAsync(_client.GetStream(), both.Token);
            SpdmSocketFrame answer = await SpdmSocketFrame.ReadAsync(_client.GetStream(), both.Token)
                ?? throw new SpdmTransportException($"The responder at {Place} closed the connection instead of answering.");
            return Payload(answer, feature);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new SpdmTransportException($"The responder at {Place} did not answer within {patience.TotalSeconds:0.0} s.", e);
        }
        catch (IOException e) when (e is not SpdmTransportException)
        {
            throw new SpdmTransportException($"The connection to {Place} was lost: {e.Message}", e);
        }
    }

    public void Dispose() => _client.Dispose();

    private ReadOnlyMemory<byte> Payload(SpdmSocketFrame answer, DoeFeature feature)
    {
        if (answer.Command != SpdmSocketFrame.Normal || answer.Transport != SpdmSocketFrame.PciDoe)
        {
            throw new SpdmTransportException($"The responder at {Place} answered with command 0x{answer.Command:x} and transport {answer.Transport}; it must speak PCI DOE (2).");
        }

        return DoeObject.TryDecode(answer.Payload.Span, out DoeHeader header, out _) && header.Feature == feature
            ? answer.Payload[DoeHeader.Size..]
            : throw new SpdmTransportException($"The responder at {Place} answered with {answer.Payload.Length} bytes that are no data object of {feature}.");
    }
}
