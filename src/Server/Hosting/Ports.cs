using System.Net;
using System.Net.Sockets;

namespace Fleet.Server.Hosting;

/// <summary>Tries whether an address can be listened on, the way the server will.</summary>
internal static class Ports
{
    /// <exception cref="StartException">It cannot; it says which option names it and what to do.</exception>
    public static void Try(IPEndPoint endPoint, string option)
    {
        try
        {
            using Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(endPoint);
        }
        catch (SocketException error)
        {
            string what = error.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program has the port. Stop that one (ss -ltnp names it), or choose another port",
                SocketError.AddressNotAvailable => "this machine does not have the address. Give one that it has, or * for all,",
                SocketError.AccessDenied => "ports below 1024 are for root. Choose a higher one",
                _ => $"{error.Message}. Choose another address",
            };
            throw new StartException($"Cannot listen on {endPoint}: {what} with {option}.", error);
        }
    }
}
