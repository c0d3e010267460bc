using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;

namespace Fleet.Server.Tests.Identity;

/// <summary>Another TLS implementation's client, which keeps the session that a server gives it and shows it again.</summary>
internal sealed class OpensslClient : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-openssl-").FullName;
    private readonly Uri _server;

    public OpensslClient(Uri server, X509Certificate2 certificate)
    {
        _server = server;
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(_directory, "agent.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_directory, "agent.key"), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Asks for the hub; what openssl says of the connection, and what the server answered.</summary>
    public async Task<string> AskAsync(bool resume)
    {
        string session = Path.Combine(_directory, "session");
        ProcessStartInfo start = new("openssl") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory };
        string[] arguments = ["s_client", "-connect", _server.Authority, "-tls1_3", "-cert", "agent.crt", "-key", "agent.key", "-ign_eof", "-sess_out", session];
        foreach (string argument in resume && File.Exists(session) ? [.. arguments, "-sess_in", session] : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(
            $"GET {LinkProtocol.HubPath} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        string output = "";
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            output += line + "\n";
            if (line.Length is 0 && output.Contains("HTTP/1.1 ", StringComparison.Ordinal))
            {
                break;
            }
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output + await errors;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
