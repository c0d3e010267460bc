using System.Net.Sockets;
using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Linux;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Guardian;

/// <summary>An agent's connection to the guardian of its run directory. While it is open the guardian knows that the agent lives.</summary>
internal sealed class GuardianLink : IDisposable
{
    private readonly DescriptorSocket _socket;

    private GuardianLink(DescriptorSocket socket) => _socket = socket;

    /// <summary>Connects to a guardian that runs.</summary>
    /// <param name="runDirectory">Whose.</param>
    /// <param name="left">What an agent before this one left with it; null when nothing.</param>
    /// <returns>Null when none runs.</returns>
    /// <exception cref="GuardianException">One runs and does not serve this agent.</exception>
    public static GuardianLink? TryConnect(string runDirectory, out (Keeping Keeping, FuseConnection Connection)? left)
    {
        left = null;
        DescriptorSocket socket = new(DescriptorSocket.Create());
        try
        {
            socket.Socket.Connect(new UnixDomainSocketEndPoint(GuardianProtocol.SocketIn(runDirectory)));
        }
        catch (SocketException)
        {
            socket.Dispose(); // Nobody listens: the file is absent, or of a guardian that was killed.
            return null;
        }

        try
        {
            GuardianLink link = new(socket);
            left = link.Greet();
            return link;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Puts a mirror in keep.</summary>
    /// <exception cref="IOException">The guardian is gone or does not understand.</exception>
    public void Keep(Keeping keeping, FuseConnection connection)
    {
        // Only what is to wait needs the handles; held otherwise, they would keep callers of a dead agent waiting.
        IReadOnlyList<SafeFileHandle> handles = keeping.OnDeath is Contracts.AgentLossAction.Wait
            ? [connection.Slots.File, .. connection.Devices.Select(device => device.File)]
            : [];
        _socket.Send(GuardianProtocol.Compose(GuardianProtocol.Keep, keeping.Write()), handles);
        Expect(GuardianProtocol.Done);
    }

    /// <summary>Has every mount taken off and the guardian end.</summary>
    /// <exception cref="IOException">The guardian is gone.</exception>
    public void End()
    {
        _socket.Send(GuardianProtocol.End);
        Expect(GuardianProtocol.Done);
    }

    /// <summary>True once the guardian is gone.</summary>
    public bool IsBroken => _socket.Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    public void Dispose() => _socket.Dispose();

    private (Keeping, FuseConnection)? Greet()
    {
        _socket.Send(GuardianProtocol.Hello);
        string answer = _socket.Receive(out IReadOnlyList<SafeFileHandle> handles)
            ?? throw new GuardianException("The guardian ended before it answered.");
        (string word, string rest) = GuardianProtocol.Split(answer);
        if (word is GuardianProtocol.Busy)
        {
            throw new GuardianException("The guardian of this run directory serves another agent.");
        }

        if (word is not GuardianProtocol.Holding || Keeping.TryRead(rest) is not { } keeping || handles.Count < 2)
        {
            foreach (SafeFileHandle handle in handles)
            {
                handle.Dispose();
            }

            return null;
        }

        return (keeping, FuseConnection.Adopt([.. handles.Skip(1).Select(handle => new FuseDevice(handle))], handles[0]));
    }

    private void Expect(string wanted)
    {
        if (_socket.Receive(out _) is not string answer || answer != wanted)
        {
            throw new GuardianException("The guardian is gone, or of a version that does not understand this agent.");
        }
    }
}
