using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Fleet.Testing;

/// <summary>Ports of this machine for programs that want to be told one.</summary>
public static class Ports
{
    private const int First = 12_000;
    private const int Count = 18_000;
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>
    /// A port that nothing listens on, for a program that binds it soon, and again after it was killed. It lies below those that the kernel gives to connections and to
    /// listeners that ask for any: one of them, such as an agent that tries to come back, would take it meanwhile.
    /// </summary>
    public static int Free()
    {
        while (true)
        {
            int port = Random.Shared.Next(First, First + Count);
            try
            {
                using TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
            }
            catch (SocketException)
            {
                continue; // Somebody has it.
            }

            if (Given.TryAdd(port, true))
            {
                return port;
            }
        }
    }
}
