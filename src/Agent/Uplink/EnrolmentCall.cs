using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>Asks one server to admit this host. The server is believed for the authority that the token names, and for nothing else.</summary>
internal sealed class EnrolmentCall(Uri server, RevocationList? revoked, TimeProvider time)
{
    private const int LargestReply = 256 * 1024;
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    /// <exception cref="EnrolmentException">It did not come to that; the message says why and what to do.</exception>
    public async Task<EnrollReply> AskAsync(JoinToken token, EnrollRequest request, CancellationToken ct)
    {
        using X509Certificate2 named = await FetchAuthorityAsync(token, ct);
        EnrollReply reply = await SendAsync(token, named, request, ct);
        using X509Certificate2 authority = LoadAuthority(reply);
        return ServerTrust.HashOf(authority) == token.AuthorityHash
            ? reply
            : throw new EnrolmentException(EnrolmentFailure.WrongServer, $"The server at {server} answered with another CA than the token names.");
    }

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

    // The CA is no secret, and TLS does not send a root: it is fetched first, from whoever answers, and believed for its hash alone.
    private async Task<X509Certificate2> FetchAuthorityAsync(JoinToken parsed, CancellationToken ct)
    {
#pragma warning disable CA5359 // Nothing of this connection is believed but bytes with the right hash, and nothing secret is sent.
        byte[] der = await TalkAsync(
            (_, _, _, _) => true,
#pragma warning restore CA5359
            async client =>
            {
                using HttpResponseMessage response = await client.GetAsync(LinkProtocol.EnrollPath, ct);
                return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync(ct) : throw await RefusalAsync(response, ct);
            },
            ct);
        string hash = Convert.ToHexStringLower(SHA256.HashData(der));
        if (hash != parsed.AuthorityHash)
        {
            throw NotTheServer($"its CA has SHA-256 {hash}", parsed, null);
        }

        try
        {
            return X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException e)
        {
            throw new EnrolmentException(EnrolmentFailure.BadReply, $"What the token names at {server} is not a certificate: {e.Message}", e);
        }
    }

    private async Task<EnrollReply> SendAsync(JoinToken parsed, X509Certificate2 authority, EnrollRequest body, CancellationToken ct)
    {
        ServerTrust trust = new(authority, time, revoked);
        try
        {
            return await TalkAsync(
                trust.Accept,
                async client =>
                {
                    using HttpResponseMessage response = await client.PostAsJsonAsync(LinkProtocol.EnrollPath, body, FleetJson.Type<EnrollRequest>(), ct);
                    return response.IsSuccessStatusCode
                        ? await response.Content.ReadFromJsonAsync(FleetJson.Type<EnrollReply>(), ct) ?? throw new JsonException("null")
                        : throw await RefusalAsync(response, ct);
                },
                ct);
        }
        catch (EnrolmentException e) when (trust.OnlyTime)
        {
            throw new EnrolmentException(EnrolmentFailure.Clock, $"The server at {server} cannot be trusted yet: {trust.Refusal}.", e);
        }
        catch (EnrolmentException e) when (trust.Refusal is not null)
        {
            throw NotTheServer(trust.Refusal, parsed, e);
        }
        catch (JsonException e)
        {
            throw new EnrolmentException(EnrolmentFailure.BadReply, $"The server at {server} answered the enrolment with something else: {e.Message}", e);
        }
    }

    private const string MakeAnother = "fleet-server token create";

    // What answers with no TLS is often the operators' port.
    private const string OtherPort = " Agents have a port of their own at the server, 8443 unless it was told otherwise; is this that one?";

    private async Task<T> TalkAsync<T>(RemoteCertificateValidationCallback accept, Func<HttpClient, Task<T>> talk, CancellationToken ct)
    {
        using SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = RequestLimit };
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls13;
        handler.SslOptions.AllowTlsResume = false;
        handler.SslOptions.RemoteCertificateValidationCallback = accept;
        using HttpClient client = new(handler) { BaseAddress = server, Timeout = RequestLimit, MaxResponseContentBufferSize = LargestReply };
        try
        {
            return await talk(client);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            throw new EnrolmentException(EnrolmentFailure.Unreachable, $"The server at {server} cannot be reached: {e.GetBaseException().Message.TrimEnd('.')}.{(e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } ? OtherPort : "")}", e);
        }
    }

    private EnrolmentException NotTheServer(string found, JoinToken parsed, Exception? cause) => new(
        EnrolmentFailure.WrongServer,
        $"The server at {server} is not the one this token names: {found}, the token names SHA-256 {parsed.AuthorityHash}. "
        + "Check --server, or get a token from this server.", cause);

    private async Task<EnrolmentException> RefusalAsync(HttpResponseMessage response, CancellationToken ct)
    {
        (string? code, string? detail) = await ReadProblemAsync(response, ct);
        if (code is ErrorCodes.AgentRefused or ErrorCodes.HostBanned)
        {
            return new EnrolmentException(EnrolmentFailure.TokenRefused, $"The server at {server} refuses this host: {detail}");
        }

        if (code is ErrorCodes.TokenRefused)
        {
            string reason = detail ?? "it is wrong, used up or expired.";
            string advice = reason.Contains(MakeAnother, StringComparison.Ordinal) ? "" : $" Make another with '{MakeAnother}'.";
            return new EnrolmentException(EnrolmentFailure.TokenRefused, $"The server at {server} refuses the join token: {reason}{advice}");
        }

        bool later = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)response.StatusCode >= 500;
        return new EnrolmentException(
            later ? EnrolmentFailure.Unreachable : EnrolmentFailure.BadReply,
            $"The server at {server} answered the enrolment with HTTP {(int)response.StatusCode}{(detail is null ? "" : ": " + detail.TrimEnd('.'))}.");
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
}
