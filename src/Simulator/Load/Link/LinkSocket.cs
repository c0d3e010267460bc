using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Simulator.Load.Link;

/// <summary>Opens the way to the hub: TCP, TLS 1.3 with the host's own certificate and key, the upgrade to a WebSocket.</summary>
internal static class LinkSocket
{
    private const int LargestAnswer = 16 * 1024;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    public static async Task<(Socket Socket, WebSocket Text)> OpenAsync(LinkAddress address, LoadIdentity identity, CancellationToken ct)
    {
        Socket socket = new(address.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? tls = null;
        try
        {
            await socket.ConnectAsync(address.EndPoint, ct);
            tls = await SecureAsync(socket, address, identity, ct);
            await UpgradeAsync(tls, address, ct);

            // The hub protocol has its own pings.
            WebSocket text = WebSocket.CreateFromStream(tls, new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = TimeSpan.Zero });
            return (socket, text);
        }
        catch
        {
            if (tls is not null)
            {
                await tls.DisposeAsync();
            }

            socket.Dispose();
            throw;
        }
    }

    // The certificate lives as long as the handshake: thousands of them kept open would be most of what a host weighs.
    private static async Task<SslStream> SecureAsync(Socket socket, LinkAddress address, LoadIdentity identity, CancellationToken ct)
    {
        SslStream tls = new(new NetworkStream(socket, ownsSocket: true));
        try
        {
            using X509Certificate2 certificate = identity.OpenCertificate();
            X509ChainPolicy policy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            policy.CustomTrustStore.Add(identity.Authority);
            policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = address.Server.DnsSafeHost,
                    EnabledSslProtocols = SslProtocols.Tls13,
                    AllowTlsResume = false,
                    CertificateChainPolicy = policy,
                    ClientCertificateContext = SslStreamCertificateContext.Create(certificate, identity.Intermediates, offline: true),

                    // As agents do: the authority counts, names do not.
                    RemoteCertificateValidationCallback = (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) is SslPolicyErrors.None,
                },
                ct);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private static async Task UpgradeAsync(SslStream tls, LinkAddress address, CancellationToken ct)
    {
        string request = $"GET {LinkProtocol.HubPath} HTTP/1.1\r\nHost: {address.Server.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))}\r\n\r\n";
        await tls.WriteAsync(Encoding.ASCII.GetBytes(request), ct);
        string answer = await ReadAnswerAsync(tls, ct);
        if (answer.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
        {
            return;
        }

        string status = answer.Length > 12 ? answer[9..12] : "no answer";
        throw new RefusedException($"HTTP {status}", $"The server refused the upgrade with HTTP {status}.", RetryAfterIn(answer));
    }

    // Before its upgrade is answered the server has nothing else to say, so that nothing of the WebSocket can be read along with it.
    private static async Task<string> ReadAnswerAsync(SslStream tls, CancellationToken ct)
    {
        byte[] buffer = new byte[1024];
        StringBuilder answer = new();
        while (answer.Length < LargestAnswer)
        {
            int read = await tls.ReadAsync(buffer, ct);
            answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
            if (read is 0 || answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                break;
            }
        }

        return answer.ToString();
    }

    private static TimeSpan? RetryAfterIn(string answer)
    {
        const string Header = "Retry-After:";
        string? line = answer.Split("\r\n").FirstOrDefault(header => header.StartsWith(Header, StringComparison.OrdinalIgnoreCase));
        return int.TryParse(line?[Header.Length..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? TimeSpan.FromSeconds(seconds) : null;
    }
}
