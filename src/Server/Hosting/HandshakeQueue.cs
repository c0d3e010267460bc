using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fleet.Server.Hosting;

/// <summary>
/// Lets so many handshakes of agents go on at a time and has the others wait in line, where they cost nothing. When a whole fleet comes back at once, each
/// handshake that is begun then ends in time; without the line all would be begun, all would be slow, and all would time out and be tried again.
/// </summary>
internal sealed class HandshakeQueue : IDisposable
{
    private const int AtOncePerProcessor = 16; // Enough to keep processors busy while answers travel.
    private const int MostWaiting = 4096;

    // Agents wait for half a minute; a handshake must fit in after its wait.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim _places = new(AtOncePerProcessor * Environment.ProcessorCount);
    private int _waiting;

    /// <summary>Connections that wait for their handshake.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Puts the line before whatever <paramref name="secure"/> adds, which is the handshake.</summary>
    public void Around(ListenOptions listen, Action<ListenOptions> secure)
    {
        listen.Use(next => connection => EnterAsync(connection, next));
        secure(listen);
        listen.Use(next => connection =>
        {
            connection.Features.Get<Place>()?.Leave();
            return next(connection);
        });
    }

    public void Dispose() => _places.Dispose();

    private async Task EnterAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (!await WaitAsync(connection.ConnectionClosed))
        {
            // The agent comes again, after a pause of its own.
            connection.Abort();
            return;
        }

        Place place = new(_places);
        connection.Features.Set(place);
        try
        {
            await next(connection);
        }
        finally
        {
            place.Leave();
        }
    }

    private async Task<bool> WaitAsync(CancellationToken closed)
    {
        if (_places.Wait(0, CancellationToken.None))
        {
            return true;
        }

        try
        {
            return Interlocked.Increment(ref _waiting) <= MostWaiting && await _places.WaitAsync(LongestWait, closed);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>A place in a handshake; given back once, when the handshake is over or the connection is.</summary>
    private sealed class Place(SemaphoreSlim places)
    {
        private int _left;

        public void Leave()
        {
            if (Interlocked.Exchange(ref _left, 1) is 0)
            {
                places.Release();
            }
        }
    }
}
