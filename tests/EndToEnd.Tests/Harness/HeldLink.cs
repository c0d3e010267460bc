using System.Net;
using System.Net.Sockets;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>A TCP relay between an agent and its server that holds what one of them says, so that either can be killed at a known step of their talk.</summary>
internal sealed class HeldLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _up;
    private volatile TaskCompletionSource? _down;
    private volatile TaskCompletionSource? _fresh;
    private volatile bool _holdAnswers;
    private int _waitingUp;
    private int _waitingFresh;

    public HeldLink(IPEndPoint server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What the agent takes as --server.</summary>
    public string Address => $"https://{_listener.LocalEndpoint}";

    /// <summary>Whether something that the agent said is held.</summary>
    public bool HoldsRequest => Volatile.Read(ref _waitingUp) > 0;

    /// <summary>Whether the agent waits for a connection that is held.</summary>
    public bool HoldsConnection => Volatile.Read(ref _waitingFresh) > 0;

    public void HoldRequests() => _up ??= New();

    public void HoldReplies() => _down ??= New();

    public void HoldNewConnections() => _fresh ??= New();

    /// <summary>On connections to come: both ends agree on TLS, the server is asked, and what it answers is held.</summary>
    public void HoldFirstAnswers() => _holdAnswers = true;

    public void LetRequestsGo() => Interlocked.Exchange(ref _up, null)?.TrySetResult();

    /// <summary>Ends what is open, with what was held of it, and holds nothing more.</summary>
    public void Heal()
    {
        _holdAnswers = false;
        lock (_gate)
        {
            foreach (Socket socket in _sockets)
            {
                socket.Dispose();
            }

            _sockets.Clear();
        }

        LetRequestsGo();
        Interlocked.Exchange(ref _down, null)?.TrySetResult();
        Interlocked.Exchange(ref _fresh, null)?.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Heal();
        await _accepting;
        _stopping.Dispose();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task AcceptAsync()
    {
        List<Task> carried = [];
        try
        {
            while (true)
            {
                carried.Add(CarryAsync(await _listener.AcceptSocketAsync(_stopping.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(carried);
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using Socket far = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            near.NoDelay = far.NoDelay = true;
            Keep(near);
            await PassAsync(_fresh, () => ref _waitingFresh);
            await far.ConnectAsync(_server, _stopping.Token);
            Keep(far);
            await CarryAsync(near, far, holdAnswer: _holdAnswers);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server is down, or one end was killed.
        }
        finally
        {
            near.Dispose();
        }
    }

    private async Task CarryAsync(Socket near, Socket far, bool holdAnswer)
    {
        bool heard = false;
        await Task.WhenAny(
            PumpAsync(near, far, async () =>
            {
                if (holdAnswer && Volatile.Read(ref heard))
                {
                    HoldReplies(); // The handshake is over with this: what comes down next is the answer.
                }

                await PassAsync(_up, () => ref _waitingUp);
            }),
            PumpAsync(far, near, async () =>
            {
                await PassAsync(_down, null);
                Volatile.Write(ref heard, true);
            }));
    }

    private void Keep(Socket socket)
    {
        lock (_gate)
        {
            _sockets.Add(socket);
        }
    }

    private async Task PassAsync(TaskCompletionSource? held, Waiting? waiting)
    {
        if (held is null)
        {
            return;
        }

        if (waiting is not null)
        {
            Interlocked.Increment(ref waiting());
        }

        try
        {
            await held.Task.WaitAsync(_stopping.Token);
        }
        finally
        {
            if (waiting is not null)
            {
                Interlocked.Decrement(ref waiting());
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Func<Task> pass)
    {
        byte[] piece = new byte[16 * 1024];
        int read;
        while ((read = await from.ReceiveAsync(piece, _stopping.Token)) > 0)
        {
            await pass();
            await to.SendAsync(piece.AsMemory(0, read), _stopping.Token);
        }
    }

    private delegate ref int Waiting();
}
