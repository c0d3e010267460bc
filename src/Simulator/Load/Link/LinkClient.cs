using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Simulator.Load.Link;

/// <summary>
/// One connection to the hub, made for thousands in a process: no thread and no timer of its own, no buffer while nothing is said.
/// Pings and time-outs come from the fleet's one clock (<see cref="Tend"/>).
/// </summary>
internal sealed class LinkClient : IDisposable
{
    private const int ReadSize = 4096;
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SilenceAllowed = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly WebSocket _text;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<int, TaskCompletionSource<byte[]>> _calls = [];
    private readonly CancellationTokenSource _ended = new();
    private int _lastCall;
    private long _received;
    private long _sent;
    private Exception? _cause;

    private LinkClient(Socket socket, WebSocket text, TimeProvider time)
    {
        (_socket, _text, _time) = (socket, text, time);
        _received = _sent = time.GetTimestamp();
    }

    /// <summary>Called with target and arguments of what the server calls; must not block.</summary>
    public Action<string, ReadOnlyMemory<byte>>? Called { get; set; }

    /// <summary>Ends with the connection.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why it ended.</summary>
    public Exception Cause => _cause ?? new IOException("the connection ended");

    public static async Task<LinkClient> OpenAsync(LinkAddress address, LoadIdentity identity, TimeProvider time, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(CallLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        (Socket socket, WebSocket text) = await LinkSocket.OpenAsync(address, identity, either.Token);
        LinkClient client = new(socket, text, time);
        try
        {
            await text.SendAsync(HubText.Handshake, WebSocketMessageType.Text, endOfMessage: true, either.Token);
            byte[] answer = new byte[256];
            ValueWebSocketReceiveResult read = await text.ReceiveAsync(answer.AsMemory(), either.Token);
            if (read.Count < 3 || answer[read.Count - 1] is not HubText.Separator || !answer.AsSpan(0, 2).SequenceEqual("{}"u8))
            {
                throw new RefusedException("handshake", "The hub refused the protocol's handshake.");
            }

            _ = client.ReceiveAsync();
            return client;
        }
        catch
        {
            client.Cut(null);
            throw;
        }
    }

    /// <summary>Calls a method of the hub and returns the JSON of its result.</summary>
    public async Task<T?> CallAsync<T, TArgument>(string target, TArgument argument, CancellationToken ct)
    {
        TaskCompletionSource<byte[]> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int id;
        lock (_gate)
        {
            if (_ended.IsCancellationRequested)
            {
                throw Cause;
            }

            id = ++_lastCall;
            _calls.Add(id, answer);
        }

        try
        {
            using (PooledText text = new())
            {
                HubText.WriteCall(text, id, target, argument);
                await SendAsync(text.Written, ct);
            }

            byte[] result = await answer.Task.WaitAsync(CallLimit, _time, ct);
            return result.Length is 0 ? default : FleetJson.Read<T>(result);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{target} was not answered within {CallLimit.TotalSeconds:0} s");
        }
        finally
        {
            lock (_gate)
            {
                _calls.Remove(id);
            }
        }
    }

    /// <summary>Sends a ping when one is due, and gives the connection up when the server is silent for too long.</summary>
    public void Tend()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _received)) > SilenceAllowed)
        {
            Cut(new IOException($"the server was silent for {SilenceAllowed.TotalSeconds:0} s"));
        }
        else if (_time.GetElapsedTime(Volatile.Read(ref _sent)) > PingAfter)
        {
            _ = PingAsync();
        }
    }

    /// <summary>Cuts the connection as a dead network does: no goodbye.</summary>
    public void Cut(Exception? cause)
    {
        lock (_gate)
        {
            if (_ended.IsCancellationRequested)
            {
                return;
            }

            _cause = cause;
            _socket.LingerState = new LingerOption(true, 0);
            _socket.Close();
            _ended.Cancel();
        }

        Fail();
    }

    public void Dispose()
    {
        Cut(null);
        _text.Dispose();
        _sending.Dispose();
    }

    private async Task PingAsync()
    {
        try
        {
            await SendAsync(HubText.PingText, _ended.Token);
        }
        catch (Exception e) when (e is IOException or WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            Cut(e);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            // Not the caller's token: a message that was begun is sent to its end, or the connection is worth nothing.
            await _text.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, _ended.Token);
            Volatile.Write(ref _sent, _time.GetTimestamp());
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        Exception? cause = null;
        try
        {
            while (true)
            {
                // Waits without a buffer.
                ValueWebSocketReceiveResult read = await _text.ReceiveAsync(Memory<byte>.Empty, _ended.Token);
                using PooledText message = new();
                while (read.MessageType is not WebSocketMessageType.Close && !read.EndOfMessage)
                {
                    read = await _text.ReceiveAsync(message.GetMemory(ReadSize), _ended.Token);
                    message.Advance(read.Count);
                }

                Volatile.Write(ref _received, _time.GetTimestamp());
                if (read.MessageType is WebSocketMessageType.Close)
                {
                    cause = new IOException($"the server closed the connection ({_text.CloseStatusDescription ?? "no reason"})");
                    return;
                }

                Take(message.Written);
            }
        }
        catch (Exception e) when (e is IOException or WebSocketException or OperationCanceledException or ObjectDisposedException or JsonException)
        {
            cause = e;
        }
        finally
        {
            Cut(cause);
        }
    }

    private void Take(ReadOnlyMemory<byte> texts)
    {
        while (texts.Span.IndexOf(HubText.Separator) is >= 0 and int end)
        {
            HubMessage message = HubText.Read(texts[..end]);
            texts = texts[(end + 1)..];
            switch (message.Type)
            {
                case HubText.Completion when message.Id is { } id:
                    Answer(id, message);
                    break;
                case HubText.Invocation when message.Target is { } target:
                    Called?.Invoke(target, message.Body);
                    break;
                case HubText.Close:
                    throw new IOException($"the server closed the connection: {message.Error ?? "no reason"}");
            }
        }
    }

    private void Answer(int id, HubMessage message)
    {
        TaskCompletionSource<byte[]>? call;
        lock (_gate)
        {
            _calls.TryGetValue(id, out call);
        }

        if (message.Error is not null)
        {
            call?.TrySetException(new RefusedException("hub: " + message.Error.Split('.', 2)[0], message.Error));
        }
        else
        {
            call?.TrySetResult(message.Body.ToArray());
        }
    }

    private void Fail()
    {
        TaskCompletionSource<byte[]>[] open;
        lock (_gate)
        {
            open = [.. _calls.Values];
        }

        foreach (TaskCompletionSource<byte[]> call in open)
        {
            call.TrySetException(Cause);
        }
    }
}
