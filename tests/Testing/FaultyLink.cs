using System.Net;
using System.Net.Sockets;

namespace Fleet.Testing;

/// <summary>A TCP relay on loopback between an agent and its server that can be cut, slowed, stalled and closed.</summary>
public sealed class FaultyLink : IAsyncDisposable
{
    private const int Piece = 4096;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _stalled;
    private volatile int _bytesASecond;
    private volatile bool _refusing;

    public FaultyLink(IPEndPoint target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections carried so far.</summary>
    public int Carried { get; private set; }

    /// <summary>Ends every connection with a reset.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            foreach (Socket socket in _sockets)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
            }

            _sockets.Clear();
        }
    }

    /// <summary>Carries no more than so many bytes a second each way; 0 for as many as come.</summary>
    public void Slow(int bytesASecond) => _bytesASecond = bytesASecond;

    /// <summary>Carries nothing, and ends nothing, until <see cref="Heal"/>.</summary>
    public void Stall() => _stalled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends what is open and everything that comes, until <see cref="Heal"/>.</summary>
    public void Refuse()
    {
        _refusing = true;
        Cut();
    }

    public void Heal()
    {
        _refusing = false;
        _bytesASecond = 0;
        Interlocked.Exchange(ref _stalled, null)?.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Heal();
        Cut();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> carried = [];
        try
        {
            while (true)
            {
                Socket near = await _listener.AcceptSocketAsync(_stopping.Token);
                Carried++;
                carried.RemoveAll(task => task.IsCompleted);
                carried.Add(CarryAsync(near));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            Cut();
            await Task.WhenAll(carried);
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using Socket far = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (_refusing)
            {
                return;
            }

            near.NoDelay = far.NoDelay = true;
            await far.ConnectAsync(_target, _stopping.Token);
            lock (_gate)
            {
                _sockets.Add(near);
                _sockets.Add(far);
            }

            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server is down: the agent sees its connection end.
        }
        finally
        {
            lock (_gate)
            {
                _sockets.Remove(near);
                _sockets.Remove(far);
            }

            near.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[Piece];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _stopping.Token)) > 0)
            {
                if (_stalled is { } stalled)
                {
                    await stalled.Task.WaitAsync(_stopping.Token);
                }

                if (_bytesASecond is > 0 and var pace)
                {
                    await Task.Delay(TimeSpan.FromSeconds((double)read / pace), TimeProvider.System, _stopping.Token);
                }

                await to.SendAsync(buffer.AsMemory(0, read), _stopping.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // An end was cut.
        }
    }
}
