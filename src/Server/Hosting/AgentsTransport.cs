using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Fleet.Server.Hosting;

/// <summary>
/// Listens as Kestrel does by itself, but looks for a place the moment an agent's connection is accepted: later would be too late, since a busy machine
/// accepts a whole fleet before it gets round to the first of them.
/// </summary>
internal sealed class AgentsTransport(SocketTransportFactory sockets, ServerOptions options, AgentPlaces places) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        IConnectionListener listener = await sockets.BindAsync(endpoint, cancellationToken);
        return ReferenceEquals(endpoint, options.Agents) ? new Listener(listener, places) : listener;
    }

    private sealed class Listener(IConnectionListener inner, AgentPlaces places) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } connection)
            {
                if (places.Take() is { } place)
                {
                    connection.ConnectionClosed.Register(place.Leave);
                    return connection;
                }

                connection.Abort();
                await connection.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
