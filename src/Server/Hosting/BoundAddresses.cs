using System.Text.Json;
using Fleet.Server.Data;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Fleet.Server.Hosting;

/// <summary>Where the server listens, known once it does (a port may have been 0).</summary>
internal sealed class BoundAddresses(ServerOptions options)
{
    private Uri? _http;
    private Uri? _agents;

    public Uri Http => _http ?? throw new InvalidOperationException("The server does not listen yet.");

    /// <summary>What people are sent to.</summary>
    public Uri Public => options.PublicUrl ?? Http;

    public Uri Agents => _agents ?? throw new InvalidOperationException("The server does not listen yet.");

    public void Learn(IServer server, DataDirectory data)
    {
        ICollection<string> addresses = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        _http = Reachable(addresses.First(address => address.StartsWith("http:", StringComparison.Ordinal)));
        _agents = Reachable(addresses.First(address => address.StartsWith("https:", StringComparison.Ordinal)));
        data.WriteSecret("server-endpoints.json", JsonSerializer.Serialize(new { http = Origin(_http), agents = Origin(_agents) }) + "\n");
    }

    private static string Origin(Uri uri) => uri.GetLeftPart(UriPartial.Authority);

    // "every address" is not one that a client can be sent to.
    private static Uri Reachable(string address) => new(address.Replace("0.0.0.0", "127.0.0.1").Replace("[::]", "[::1]"));
}
