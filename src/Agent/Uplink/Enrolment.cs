using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>Joins a host to its server with a token. Called until it succeeds or fails for good.</summary>
internal sealed class Enrolment(Uri server, string? token, string dataDirectory, TimeProvider time, ILogger log)
{
    private const int LargestReply = 256 * 1024;
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    /// <summary>The stored identity, or a new one. Retries while the server cannot be reached; everything else is thrown.</summary>
    public async Task<AgentIdentity> EnsureAsync(HostFacts host, CancellationToken ct)
    {
        if (AgentIdentity.Load(dataDirectory) is { } known)
        {
            return known;
        }

        Backoff backoff = new();
        while (true)
        {
            try
            {
                AgentIdentity identity = await JoinAsync(host, ct);
                log.Joined(host.Name, identity.Host, server);
                return identity;
            }
            catch (EnrolmentException e) when (e.Failure is EnrolmentFailure.Unreachable)
            {
                TimeSpan pause = backoff.Next();
                log.JoinDelayed(host.Name, e.Message, pause.TotalSeconds);
                await Task.Delay(pause, time, ct);
            }
        }
    }

    /// <summary>One attempt.</summary>
    public async Task<AgentIdentity> JoinAsync(HostFacts host, CancellationToken ct)
    {
        if (!JoinToken.TryParse(token, out JoinToken? parsed))
        {
            throw new EnrolmentException(EnrolmentFailure.NoToken, token is null
                ? $"This host has not joined {server} yet and has no join token; make one with 'fleet-server token create' and pass it with --token."
                : "That is not a join token: one looks like fleetjoin_SECRET.SHA256. Copy it whole.");
        }

        using ECDsa key = AgentIdentity.PrepareKey(dataDirectory);
        CertificateRequest request = new($"CN={Quoted(host.Name)}", key, HashAlgorithmName.SHA256);
        EnrollRequest body = new(parsed.Secret, Convert.ToBase64String(request.CreateSigningRequest()), host.Name, host.MachineId, host.Simulated);
        EnrollReply reply = await SendAsync(parsed, body, ct);
        using X509Certificate2 authority = LoadAuthority(reply);
        if (ServerTrust.HashOf(authority) != parsed.AuthorityHash)
        {
            throw new EnrolmentException(EnrolmentFailure.WrongServer, $"The server at {server} answered with another CA than the token names.");
        }

        return AgentIdentity.Store(dataDirectory, reply, key);
    }

    private static string Quoted(string name) => string.Concat(name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_').Take(63));

    private static X509Certificate2 LoadAuthority(EnrollReply reply)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(Convert.FromBase64String(reply.Authority));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            throw new EnrolmentException(EnrolmentFailure.BadReply, $"The server's answer to the enrolment names no CA: {e.Message}", e);
        }
    }

    private async Task<EnrollReply> SendAsync(JoinToken parsed, EnrollRequest body, CancellationToken ct)
    {
        using X509Certificate2? authority = await AuthorityAsync(parsed, ct);
        ServerTrust trust = authority is null ? ServerTrust.ByHash(parsed.AuthorityHash) : ServerTrust.Pinned(authority);
        using HttpClient client = Client(trust.Accept);
        try
        {
            using HttpResponseMessage response = await client.PostAsJsonAsync(LinkProtocol.EnrollPath, body, FleetJson.Options, ct);
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, ct)
                    ?? throw new EnrolmentException(EnrolmentFailure.BadReply, "The server answered the enrolment with null.");
            }

            throw await RefusalAsync(response, ct);
        }
        catch (HttpRequestException e) when (trust.Refusal is not null)
        {
            throw new EnrolmentException(
                EnrolmentFailure.WrongServer,
                $"The server at {server} is not the one this token names: {trust.Refusal}, the token names SHA-256 {parsed.AuthorityHash}. "
                + "Check --server, or get a token from this server.", e);
        }
        catch (JsonException e)
        {
            throw new EnrolmentException(EnrolmentFailure.BadReply, $"The server at {server} answered the enrolment with something else: {e.Message}", e);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            throw new EnrolmentException(EnrolmentFailure.Unreachable, $"The server at {server} cannot be reached: {Innermost(e)}", e);
        }
    }

    /// <summary>
    /// The CA that the token names, asked of the server itself, because TLS does not carry a root. Whoever answers is not trusted and
    /// is told nothing: only a certificate with the token's hash counts. Null when this server does not hand it out.
    /// </summary>
    private async Task<X509Certificate2?> AuthorityAsync(JoinToken parsed, CancellationToken ct)
    {
        using HttpClient client = Client((_, certificate, _, _) => certificate is not null);
        try
        {
            byte[] der = await client.GetByteArrayAsync(LinkProtocol.EnrollPath, ct);
            X509Certificate2 authority = X509CertificateLoader.LoadCertificate(der);
            string hash = ServerTrust.HashOf(authority);
            return string.Equals(hash, parsed.AuthorityHash, StringComparison.OrdinalIgnoreCase)
                ? authority
                : throw new EnrolmentException(
                    EnrolmentFailure.WrongServer,
                    $"The server at {server} is not the one this token names: its CA has SHA-256 {hash}, the token names {parsed.AuthorityHash}. "
                    + "Check --server, or get a token from this server.");
        }
        catch (Exception e) when (e is CryptographicException or HttpRequestException { StatusCode: not null })
        {
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            throw new EnrolmentException(EnrolmentFailure.Unreachable, $"The server at {server} cannot be reached: {Innermost(e)}", e);
        }
    }

    private HttpClient Client(RemoteCertificateValidationCallback accept)
    {
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = RequestLimit };
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls13;
        handler.SslOptions.AllowTlsResume = false;
        handler.SslOptions.RemoteCertificateValidationCallback = accept;
        return new HttpClient(handler) { BaseAddress = server, Timeout = RequestLimit, MaxResponseContentBufferSize = LargestReply };
    }

    private async Task<EnrolmentException> RefusalAsync(HttpResponseMessage response, CancellationToken ct)
    {
        (string? code, string? detail) = await ReadProblemAsync(response, ct);
        if (code is ErrorCodes.TokenRefused)
        {
            return new EnrolmentException(
                EnrolmentFailure.TokenRefused,
                $"The server at {server} refuses the join token: {detail ?? "it is wrong, used up or expired"} Make a new one with 'fleet-server token create'.");
        }

        bool later = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)response.StatusCode >= 500;
        return new EnrolmentException(
            later ? EnrolmentFailure.Unreachable : EnrolmentFailure.BadReply,
            $"The server at {server} answered the enrolment with HTTP {(int)response.StatusCode}{(detail is null ? "" : ": " + detail)}.");
    }

    private static async Task<(string? Code, string? Detail)> ReadProblemAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(ct));
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? (Text(document.RootElement, "code"), Text(document.RootElement, "detail") ?? Text(document.RootElement, "title"))
                : (null, null);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static string Innermost(Exception e) => e.GetBaseException().Message;
}
