using System.Net;
using System.Net.Sockets;

namespace Fleet.Simulator.Load.Link;

/// <summary>Where the server is, resolved once for the whole fleet.</summary>
internal sealed record LinkAddress(Uri Server, IPEndPoint EndPoint)
{
    public static async Task<LinkAddress> ResolveAsync(Uri server, CancellationToken ct)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(server.DnsSafeHost, ct);
            return new LinkAddress(server, new IPEndPoint(addresses[0], server.Port));
        }
        catch (SocketException e)
        {
            throw new IOException($"The server's name {server.DnsSafeHost} cannot be resolved: {e.Message} Give its address with --server https://ADDRESS:PORT.", e);
        }
    }
}
