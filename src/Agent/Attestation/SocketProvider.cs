using System.Net;
using Fleet.Contracts;

namespace Fleet.Agent.Attestation;

/// <summary>A responder behind the DMTF emulator's TCP protocol. It is no function of this host; the request's is not looked at.</summary>
internal sealed class SocketProvider(DnsEndPoint end, TimeProvider time) : IEvidenceProvider
{
    public string Name => "socket";

    public async Task<AttestationRun> RunAsync(AttestationRequest request, CancellationToken ct)
    {
        try
        {
            using SpdmSocketTransport transport = await SpdmSocketTransport.ConnectAsync(end, time, ct);
            return await SpdmRunner.RunAsync(request.Plan, Name, transport, time, request.Limit, ct);
        }
        catch (SpdmTransportException e)
        {
            return AttestationRun.Without(Name, $"{end.Host}:{end.Port}", EvidenceEnd.Unavailable, e.Message);
        }
    }
}
