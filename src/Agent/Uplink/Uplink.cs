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
    UplinkOptions options, AgentIdentity identity, ILinkedHost host, Spool spool, Assignments assignments,
    AttestationJobs attestations, TimeProvider time, ILogger log)
{
    private volatile bool _connected;

    /// <summary>Whether the server has answered the hello of a connection that still stands.</summary>
    public bool Connected => _connected;

    public async Task RunAsync(CancellationToken ct)
    {
        Backoff backoff = options.Backoff();
        while (!ct.IsCancellationRequested)
        {
            string reason;
            try
            {
                reason = await ConnectAsync(backoff, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was, the agent keeps deciding and spooling and tries again.
                reason = Explain(e);
            }

            _connected = false;
            if (ct.IsCancellationRequested)
            {
                return;
            }

            TimeSpan pause = backoff.Next();
            log.LinkDown(host.Facts.Name, options.Server, reason, pause.TotalSeconds);
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

    private async Task<string> ConnectAsync(Backoff backoff, CancellationToken ct)
    {
        using SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = options.CallLimit };
        ServerTrust trust = new(identity.Authority);
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls13;
        handler.SslOptions.AllowTlsResume = false;
        handler.SslOptions.RemoteCertificateValidationCallback = trust.Accept;
        handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true);
        using HttpMessageInvoker invoker = new(handler, disposeHandler: false);
        await using HubConnection hub = Build(invoker);
        using CancellationTokenSource closed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Exception? cause = null;
        hub.Closed += e =>
        {
            cause = e;
            return closed.CancelAsync();
        };
        using LinkSession session = new(hub, options, identity, host, spool, assignments, attestations, time, log);
        try
        {
            using CancellationTokenSource limit = new(options.CallLimit, time);
            using CancellationTokenSource start = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            await hub.StartAsync(start.Token);
            await session.OpenAsync(closed.Token);
            _connected = true;
            backoff.Reset();
            log.LinkUp(host.Facts.Name, options.Server);
            await session.ServeAsync(closed.Token);
            return "the connection ended";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return cause is null ? "the server closed the connection or did not answer in time" : Explain(cause);
        }
        catch (Exception) when (trust.Refusal is not null)
        {
            return $"another server than the one this host joined answers there: {trust.Refusal}";
        }
        finally
        {
            _connected = false;
        }
    }

    private HubConnection Build(HttpMessageInvoker invoker)
    {
        HubConnectionBuilder builder = new();
        builder.WithUrl(new Uri(options.Server, LinkProtocol.HubPath), connection =>
        {
            connection.Transports = HttpTransportType.WebSockets;
            connection.SkipNegotiation = true;
            connection.WebSocketFactory = async (context, ct) =>
            {
                ClientWebSocket socket = new();
                try
                {
                    // The hub protocol has its own pings.
                    socket.Options.KeepAliveInterval = TimeSpan.Zero;
                    await socket.ConnectAsync(context.Uri, invoker, ct);
                    return socket;
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        });
        builder.AddJsonProtocol(json => FleetJson.Configure(json.PayloadSerializerOptions));
        return builder.Build();
    }

    private static string Explain(Exception e) => e.GetBaseException() == e ? e.Message : $"{e.Message} {e.GetBaseException().Message}";
}
