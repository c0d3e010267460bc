using System.Net.Sockets;

namespace Fleet.Agent.Linux;

/// <summary>
/// One agent per host: whoever brokers a machine's hardware listens on a name that a network namespace has once. It goes with
/// the process, however that ends, and its listener's credentials tell who has it. Run directories may differ; the hardware does not.
/// </summary>
internal sealed class HostLock : IDisposable
{
    // The leading zero makes the name abstract: no file, nothing to clean, nothing to make it in as another user.
    private const string Name = "\0pcifleet-agent";

    private readonly Socket _listener;

    private HostLock(Socket listener) => _listener = listener;

    /// <summary>Takes the lock without waiting.</summary>
    /// <param name="holder">Who has it ("process 123"); empty on success.</param>
    public static HostLock? TryTake(out string holder)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(Name));
            listener.Listen();
            holder = "";
            return new HostLock(listener);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            listener.Dispose();
            holder = AskHolder();
            return null;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public void Dispose() => _listener.Dispose();

    private static string AskHolder()
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(Name));
            return PeerCredentials.TryRead(socket, out int pid, out _) ? $"process {pid}" : "an unknown process";
        }
        catch (SocketException)
        {
            return "an unknown process"; // It ended just now, or nobody accepts: the name is taken all the same.
        }
    }
}
