using System.Collections.Concurrent;
using System.Net.Sockets;
using Fleet.Agent.Linux;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Fleet.Agent.Local;

/// <summary>Bounds the connections of each user but root, so that none can keep the others out by holding them all.</summary>
internal sealed class LocalConnections
{
    /// <summary>Connections of one user at a time.</summary>
    public const int MostOfAUser = 16;

    private readonly ConcurrentDictionary<uint, int> _open = new();

    public ConnectionDelegate Limit(ConnectionDelegate next) => async connection =>
    {
        Socket? socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (socket is null || !PeerCredentials.TryRead(socket, out _, out uint uid))
        {
            connection.Abort();
            return;
        }

        if (LocalPeer.MayAll(uid))
        {
            await next(connection);
            return;
        }

        try
        {
            if (_open.AddOrUpdate(uid, 1, (_, count) => count + 1) > MostOfAUser)
            {
                connection.Abort(new ConnectionAbortedException($"User {uid} has {MostOfAUser} connections already."));
                return;
            }

            await next(connection);
        }
        finally
        {
            if (_open.AddOrUpdate(uid, 0, (_, count) => count - 1) <= 0)
            {
                _open.TryRemove(KeyValuePair.Create(uid, 0));
            }
        }
    };
}
