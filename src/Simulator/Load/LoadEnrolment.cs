using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Simulator.Load.Link;

namespace Fleet.Simulator.Load;

/// <summary>Joins hosts: a key, a request signed with it, the token. As agents do it, each over a connection of its own.</summary>
internal sealed class LoadEnrolment : IDisposable
{
    private const int LargestReply = 256 * 1024;
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);
    private readonly JoinToken _token;
    private readonly IdentityFile _file;
    private readonly HttpClient[] _clients;
    private readonly byte[] _authority;
    private int _turn;

    private LoadEnrolment(JoinToken token, IdentityFile file, IReadOnlyList<Uri> servers, byte[] authority)
    {
        (_token, _file, _authority) = (token, file, authority);
        X509Certificate2 root = X509CertificateLoader.LoadCertificate(authority);
        _clients = [.. servers.Select(server => Client(server, (_, leaf, chain, _) => new ServerTrust(root, TimeProvider.System).Accept(this, leaf, chain, SslPolicyErrors.None)))];
    }

    /// <summary>What the first server that answers says its authority is; a server of its fleet has to prove it.</summary>
    /// <exception cref="EnrolmentException">None answers.</exception>
    public static async Task<byte[]> FetchAuthorityAsync(IReadOnlyList<Uri> servers, CancellationToken ct)
    {
        for (int tried = 1; ; tried++)
        {
            Uri server = servers[tried - 1];
#pragma warning disable CA5359 // Nothing of this connection is believed but bytes with the right hash, and nothing secret is sent.
            using HttpClient anybody = Client(server, (_, _, _, _) => true);
#pragma warning restore CA5359
            try
            {
                return await anybody.GetByteArrayAsync(LinkProtocol.EnrollPath, ct);
            }
            catch (Exception e) when ((e is HttpRequestException or TaskCanceledException) && !ct.IsCancellationRequested && tried == servers.Count)
            {
                throw new EnrolmentException(
                    EnrolmentFailure.Unreachable, $"No agents' port answers at {server}: {e.GetBaseException().Message}. Start the server, or give its agents' port with --server https://HOST:8443.", e);
            }
            catch (Exception e) when ((e is HttpRequestException or TaskCanceledException) && !ct.IsCancellationRequested)
            {
                // The next one.
            }
        }
    }

    /// <summary>Believes an authority for the hash in the token alone.</summary>
    /// <exception cref="EnrolmentException">The token is none, or the server is another.</exception>
    public static LoadEnrolment Open(IReadOnlyList<Uri> servers, string token, IdentityFile file, byte[] authority)
    {
        if (!JoinToken.TryParse(token, out JoinToken? parsed))
        {
            throw new EnrolmentException(EnrolmentFailure.NoToken, "That is not a join token: one looks like fleetjoin_SECRET.SHA256. Copy it whole.");
        }

        return Convert.ToHexStringLower(SHA256.HashData(authority)) == parsed.AuthorityHash
            ? new LoadEnrolment(parsed, file, servers, authority)
            : throw new EnrolmentException(EnrolmentFailure.WrongServer, $"The server at {servers[0]} is not the one this token names. Check --server, or get a token from this server.");
    }

    /// <summary>One attempt. All attempts of a host show the same key: should an answer be lost, the next one finds the host joined.</summary>
    /// <exception cref="RefusedException">The server said no.</exception>
    public async Task<LoadIdentity> JoinAsync(string name, string machineId, byte[] keyBytes, CancellationToken ct)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(keyBytes, out _);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        EnrollRequest body = new(_token.Secret, Convert.ToBase64String(request.CreateSigningRequest()), name, machineId, Simulated: true);
        HttpClient client = _clients[(uint)Interlocked.Increment(ref _turn) % (uint)_clients.Length];
        using HttpResponseMessage response = await client.PostAsJsonAsync(LinkProtocol.EnrollPath, body, FleetJson.Type<EnrollRequest>(), ct);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusalAsync(response, ct);
        }

        EnrollReply reply = await response.Content.ReadFromJsonAsync(FleetJson.Type<EnrollReply>(), ct) ?? throw new JsonException("The server answered the enrolment with null.");
        return Convert.FromBase64String(reply.Authority).AsSpan().SequenceEqual(_authority)
            ? _file.Add(name, keyBytes, reply)
            : throw new RefusedException("enrol: another CA", "The server answered the enrolment with another CA than the token names.");
    }

    public static byte[] MakeKey()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKey();
    }

    public void Dispose() => Array.ForEach(_clients, client => client.Dispose());

    private static HttpClient Client(Uri server, RemoteCertificateValidationCallback accept)
    {
        // No connection is used twice: each host that joins makes its own.
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = RequestLimit, PooledConnectionLifetime = TimeSpan.Zero };
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls13;
        handler.SslOptions.AllowTlsResume = false;
        handler.SslOptions.RemoteCertificateValidationCallback = accept;
        return new HttpClient(handler) { BaseAddress = server, Timeout = RequestLimit, MaxResponseContentBufferSize = LargestReply };
    }

    private static async Task<RefusedException> RefusalAsync(HttpResponseMessage response, CancellationToken ct)
    {
        string? code = null;
        string? detail = null;
        try
        {
            using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(ct));
            code = problem.RootElement.TryGetProperty("code", out JsonElement named) ? named.GetString() : null;
            detail = problem.RootElement.TryGetProperty("detail", out JsonElement told) ? told.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            detail = "The answer is no problem document.";
        }

        TimeSpan? after = response.Headers.RetryAfter?.Delta;
        return new RefusedException($"enrol: {code ?? ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)}", detail ?? "", after);
    }
}
