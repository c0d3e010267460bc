using System.Net;
using System.Net.Sockets;
using Fleet.Server.Tests.Identity;

namespace Fleet.Server.Tests.Host;

/// <summary>Strangers who hold connections of the agents' port, by real sockets, while an agent comes in.</summary>
public sealed class HandshakeQueueTests : IAsyncLifetime
{
    private const int Many = 200;
    private readonly TestServer _server = new();
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _end.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Connect_TwoHundredSilentConnections_AnAgentComesIn()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "among-the-silent");

        await BesideAsync(IPAddress.Loopback, [], () => AgentDoor.KnockAsync(_server, agent.Certificate));
    }

    [Fact]
    public async Task Connect_TwoHundredConnectionsThatStallInTheirHandshake_AnAgentFromElsewhereComesIn()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "among-the-stalled");

        // The beginning of a TLS record that never goes on.
        await BesideAsync(IPAddress.Parse("127.0.0.66"), [22, 3, 1, 2, 0], () => AgentDoor.KnockAsync(_server, agent.Certificate));
    }

    // Opens them all and opens anew what the server closes, until the agent has come in.
    private async Task BesideAsync(IPAddress from, byte[] said, Func<Task<string?>> knock)
    {
        CountdownEvent opened = new(Many);
        Task[] strangers = [.. Enumerable.Range(0, Many).Select(_ => Task.Run(() => HoldAsync(from, said, opened)))];
        await Task.Run(() => opened.Wait(_end.Token), _end.Token);

        string? refusal = await knock();

        Assert.Null(refusal);
        await _end.CancelAsync();
        await Task.WhenAll(strangers);
        opened.Dispose();
    }

    private async Task HoldAsync(IPAddress from, byte[] said, CountdownEvent opened)
    {
        byte[] nothing = new byte[1];
        bool first = true;
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(from.MapToIPv6(), 0));
                await socket.ConnectAsync(IPAddress.Loopback, _server.Agents.Port, _end.Token);
                await socket.SendAsync(said, _end.Token);
                if (first)
                {
                    opened.Signal();
                    first = false;
                }

                while (await socket.ReceiveAsync(nothing, _end.Token) > 0)
                {
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                // Closed by the server, or over.
            }
        }
    }
}
