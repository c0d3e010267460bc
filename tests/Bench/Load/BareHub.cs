using System.Net;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Hosting;
using Fleet.Server.Identity.Authority;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench.Load;

/// <summary>
/// What fleet-server is measured against: a hub without a method, behind the same TLS 1.3 with the same certificates. All else is as ASP.NET Core has it.
/// </summary>
internal static class BareHub
{
    public const string Word = "bare-hub";

    /// <summary>Serves until it is killed; prints where.</summary>
    /// <param name="data">A server's data directory, for its authority.</param>
    public static async Task<int> RunAsync(string data)
    {
        using DataDirectory directory = DataDirectory.Open(data);
        CertificateAuthority authority = CertificateAuthority.Open(directory, TimeSpan.FromDays(90), TimeProvider.System);
        ServerCertificate certificate = new(authority, IPAddress.Loopback, TimeProvider.System);
        HandshakeQueue line = new(TimeProvider.System);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => AgentsPort.Listen(listen, certificate, line)));
        builder.Services.AddSignalR();
        await using WebApplication app = builder.Build();
        app.MapHub<EmptyHub>(LinkProtocol.HubPath, http => http.Transports = HttpTransportType.WebSockets);
        await app.StartAsync();
        ICollection<string> addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Console.WriteLine(addresses.First());
        await app.WaitForShutdownAsync();
        return 0;
    }

    private sealed class EmptyHub : Hub;
}
