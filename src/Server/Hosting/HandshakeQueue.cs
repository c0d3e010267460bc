using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fleet.Server.Hosting;

/// <summary>
/// Lets so many handshakes of agents go on at a time and has the others wait in line, where they cost nothing. When a whole fleet comes back at once, each
/// handshake that is begun then ends in time; without the line all would be begun, all would be slow, and all would time out and be tried again.
/// </summary>
/// <remarks>A place is for who has begun to speak, and not for long: silence holds none, and who speaks and then stalls cannot hold those of others.</remarks>
internal sealed class HandshakeQueue(TimeProvider time)
{
    /// <summary>How long a handshake may take once it has its place: a few round trips on a bad line.</summary>
    public static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(5);
    private const int AtOncePerProcessor = 16; // Enough to keep processors busy while answers travel.
    private const int MostWaiting = 8192;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    // Agents wait for half a minute; a handshake must fit in after its wait.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);
    private static readonly int AtOnce = AtOncePerProcessor * Environment.ProcessorCount;
    private readonly FairPlaces _places = new(AtOnce, mostOfOne: AtOnce * 3 / 4, MostWaiting, mostWaitingOfOne: MostWaiting * 3 / 4);

    /// <summary>Connections that wait for their handshake.</summary>
    public int Waiting => _places.Waiting;

    /// <summary>Puts the line before whatever <paramref name="secure"/> adds, which is the handshake.</summary>
    public void Around(ListenOptions listen, Action<ListenOptions> secure)
    {
        listen.Use(next => connection => EnterAsync(connection, next));
        secure(listen);
        listen.Use(next => connection =>
        {
            connection.Features.Get<Ticket>()?.Place.Dispose();
            return next(connection);
        });
    }

    private async Task EnterAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (!await SpeaksAsync(connection) || await WaitAsync(connection) is not { } place)
        {
            // The agent comes again, after a pause of its own.
            connection.Abort();
            return;
        }

        using (place)
        {
            connection.Features.Set(new Ticket(place));
            await next(connection);
        }
    }

    // Looks at the first bytes and leaves them for the handshake.
    private async Task<bool> SpeaksAsync(ConnectionContext connection)
    {
        using CancellationTokenSource limit = new(LongestSilence, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed);
        try
        {
            ReadResult read = await connection.Transport.Input.ReadAsync(either.Token);
            connection.Transport.Input.AdvanceTo(read.Buffer.Start);
            return !read.Buffer.IsEmpty;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private async Task<IDisposable?> WaitAsync(ConnectionContext connection)
    {
        using CancellationTokenSource limit = new(LongestWait, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed);
        return await _places.EnterAsync(AddressBlock.Of((connection.RemoteEndPoint as IPEndPoint)?.Address), either.Token);
    }

    /// <summary>What the connection carries through its handshake.</summary>
    private sealed record Ticket(IDisposable Place);
}
