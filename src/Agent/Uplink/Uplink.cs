using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Authentication;
using Fleet.Agent.Attestation;
using Fleet.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Agent.Uplink;

/// <summary>The connection to the server: made for ever again, one <see cref="LinkSession"/> at a time.</summary>
internal sealed class Uplink(
    UplinkOptions options, LinkStanding standing, ILinkedHost host, Spool spool, Assignments assignments,
    AttestationJobs attestations, TimeProvider time, ILogger log)
{
    private readonly ServerAddresses _addresses = new(options.Servers);
    private readonly Backoff _backoff = options.Backoff();
    private readonly BatchPace _pace = new();
    private readonly PolicyKeyring _keys = new(standing, options.Identity, host.Facts.Name, log);
    private volatile bool _connected;

    // The identity that the server did not know, while the one before it is tried.
    private AgentIdentity? _shelved;

    /// <summary>Whether the server has answered the hello of a connection that still stands.</summary>
    public bool Connected => _connected;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            Uri server = _addresses.Current;
            AgentIdentity identity = standing.Identity;
            LinkEnd end = await ConnectAsync(server, identity, ct);
            _connected = false;
            if (end.Refusal is not null && !ct.IsCancellationRequested && await TakeAnotherIdentityAsync(end.Refusal, ct))
            {
                continue;
            }

            if (ct.IsCancellationRequested)
            {
                return;
            }

            if (end.Refusal is null && standing.Identity != identity)
            {
                // Renewed: to come in with the new certificate is what makes the old one worthless.
                identity.Dispose();
                continue;
            }

            TimeSpan pause = Pause(end, _addresses.GoOn());
            log.LinkDown(host.Facts.Name, server, end.Reason.TrimEnd('.'), pause.TotalSeconds);
            try
            {
                await Task.Delay(pause, time, ct);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Returns when the server has all that the spool holds, or there is no server, or the time is up.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        long start = time.GetTimestamp();
        while (_connected && spool.Count > 0 && time.GetElapsedTime(start) < limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), time);
        }
    }

    /// <summary>What a refused host can show instead: its certificate of before, to a server that does not know the present one, or what a new token gets it.</summary>
    private async Task<bool> TakeAnotherIdentityAsync(LinkRefusal refusal, CancellationToken ct)
    {
        standing.Refusal = refusal;
        AgentIdentity refused = standing.Identity;
        bool unknown = refusal.Reason is Refusals.UnknownKey or Refusals.Foreign;
        if (unknown && _shelved is null && options.Identity?.LoadPrevious(refused) is { } previous)
        {
            log.TriesPreviousCertificate(host.Facts.Name, refusal.Reason, previous.NotAfter);
            (_shelved, standing.Identity) = (refused, previous);
            return true;
        }

        // A key that the server knows, expired or not, shows that this is the host it was.
        if (await JoinAgainAsync(refusal.Reason, unknown && _shelved is not null ? _shelved : refused, ct) is { } joined)
        {
            standing.Refusal = null;
            standing.Identity = joined;
            refused.Dispose();
            _shelved?.Dispose();
            _shelved = null;
            return true;
        }

        if (_shelved is not null)
        {
            (standing.Identity, _shelved) = (_shelved, null);
            refused.Dispose();
        }

        return false;
    }

    private async Task<AgentIdentity?> JoinAgainAsync(string reason, AgentIdentity before, CancellationToken ct)
    {
        if (options.JoinAgain is null || !Refusals.JoiningHelps(reason))
        {
            return null;
        }

        try
        {
            return await options.JoinAgain(before, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null; // Stopping.
        }
        catch (Exception e)
        {
            log.NotJoinedAgain(host.Facts.Name, e.Message);
            return null;
        }
    }

    // Let in with the certificate of before: it is the host's identity again, and is renewed from there.
    private void KeepPrevious()
    {
        if (_shelved is null)
        {
            return;
        }

        _shelved.Dispose();
        _shelved = null;
        try
        {
            options.Identity!.Restore(standing.Identity);
            log.PreviousCertificateInUse(host.Facts.Name, standing.Identity.NotAfter);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.PreviousCertificateNotKept(host.Facts.Name, e.Message);
        }
    }

    // Told by the server: then as told, since it knows how many come back. A server that cannot be reached is no reason to wait while another is left.
    private TimeSpan Pause(LinkEnd end, bool anotherLeft)
    {
        if (end.Spread is { } spread)
        {
            return _backoff.Within(spread);
        }

        if (anotherLeft)
        {
            return _backoff.Within(TimeSpan.FromMilliseconds(200));
        }

        TimeSpan own = _backoff.Next();
        return end.RetryAfter is { } after ? after + _backoff.Within(after) : own;
    }

    private async Task<LinkEnd> ConnectAsync(Uri server, AgentIdentity identity, CancellationToken ct)
    {
        using SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = options.CallLimit };
        standing.Revoked ??= options.Identity?.LoadRevoked(identity.Authority);
        standing.PolicyKeys ??= options.Identity?.LoadPolicyKeys(identity);
        ServerTrust trust = new(identity.Authority, time, standing.Revoked, standing.MeasuredNow);
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls13;
        handler.SslOptions.AllowTlsResume = false;
        handler.SslOptions.RemoteCertificateValidationCallback = trust.Accept;
        handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true);
        using HttpMessageInvoker invoker = new(handler, disposeHandler: false);
        await using HubConnection hub = Build(server, invoker);
        using CancellationTokenSource closed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Exception? cause = null;
        hub.Closed += e =>
        {
            cause = e;
            return closed.CancelAsync();
        };
        using LinkSession session = new(hub, options, standing, host, spool, assignments, attestations, _pace, _keys, time, log);
        try
        {
            using CancellationTokenSource limit = new(options.CallLimit, time);
            using CancellationTokenSource start = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            await hub.StartAsync(start.Token);
            await session.OpenAsync(closed.Token);
            KeepPrevious();
            _connected = true;
            standing.Refusal = null;
            _backoff.Reset();
            _addresses.Answered();
            log.LinkUp(host.Facts.Name, server);
            await session.ServeAsync(closed.Token);
            return session.Left is { } left
                ? new LinkEnd($"the server ended the connection: {left.Reason}", TimeSpan.FromMilliseconds(Math.Clamp(left.SpreadMilliseconds, 0, LinkProtocol.LongestWaitMilliseconds)))
                : new LinkEnd("the connection ended", session.Spread);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new LinkEnd(cause is null ? "the server closed the connection or did not answer in time" : Explain(cause), session.Spread);
        }
        catch (LinkRefusedException e)
        {
            return new LinkEnd(e.Message, Refusal: e.Refusal);
        }
        catch (Exception) when (trust.OnlyTime)
        {
            return new LinkEnd($"the server cannot be trusted now: {trust.Refusal}");
        }
        catch (Exception) when (trust.Refusal is not null)
        {
            return new LinkEnd($"another server than the one this host joined answers there: {trust.Refusal}");
        }
        catch (Exception e)
        {
            // Whatever it was, the agent keeps deciding and spooling and tries again.
            return new LinkEnd(Explain(e), session.Spread, (e as LinkException)?.RetryAfter);
        }
        finally
        {
            _connected = false;
        }
    }

    private HubConnection Build(Uri server, HttpMessageInvoker invoker)
    {
        HubConnectionBuilder builder = new();
        builder.WithUrl(new Uri(server, LinkProtocol.HubPath), connection =>
        {
            connection.Transports = HttpTransportType.WebSockets;
            connection.SkipNegotiation = true;
            connection.WebSocketFactory = async (context, ct) => await OpenAsync(context.Uri, invoker, ct);
        });
        builder.AddJsonProtocol(json => FleetJson.Configure(json.PayloadSerializerOptions));
        return builder.Build();
    }

    private async Task<WebSocket> OpenAsync(Uri address, HttpMessageInvoker invoker, CancellationToken ct)
    {
        ClientWebSocket socket = new();
        long asked = time.GetTimestamp();
        try
        {
            // The hub protocol has its own pings.
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            socket.Options.CollectHttpResponseDetails = true;
            await socket.ConnectAsync(address, invoker, ct);
            return socket;
        }
        catch (WebSocketException) when (socket.HttpStatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
        {
            // In the way that any proxy or server says it.
            TimeSpan? after = Header(socket, "Retry-After") is { } text
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
                ? TimeSpan.FromSeconds(Math.Min(seconds, LinkProtocol.LongestWaitMilliseconds / 1000))
                : null;
            socket.Dispose();
            throw new LinkException("The server takes no more connections now.", after);
        }
        catch (WebSocketException) when (Header(socket, LinkProtocol.RefusalHeader) is not null)
        {
            LinkRefusal refusal = new(Header(socket, LinkProtocol.RefusalHeader)!, Uri.UnescapeDataString(Header(socket, LinkProtocol.RefusalDetailHeader) ?? ""));
            MeasureClock(asked, Header(socket, "Date"));
            socket.Dispose();
            throw new LinkRefusedException(refusal);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A refusal may be about time, and is all that is heard of the server's.
    private void MeasureClock(long asked, string? date)
    {
        if (DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset server))
        {
            standing.Measure(asked, server);
        }
    }

    private static string? Header(ClientWebSocket socket, string name) =>
        socket.HttpResponseHeaders?.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();

    private static string Explain(Exception e) => e.GetBaseException() == e ? e.Message : $"{e.Message} {e.GetBaseException().Message}";

    /// <summary>How a connection ended, and what the server said about coming back.</summary>
    private readonly record struct LinkEnd(string Reason, TimeSpan? Spread = null, TimeSpan? RetryAfter = null, LinkRefusal? Refusal = null);
}
