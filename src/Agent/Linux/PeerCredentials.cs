using System.Net.Sockets;

namespace Fleet.Agent.Linux;

/// <summary>Who is at the other end of a unix socket, as the kernel knows it (SO_PEERCRED).</summary>
internal static class PeerCredentials
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int Option = 17; // SO_PEERCRED
    private const int Size = 12; // struct ucred: pid, uid, gid

    /// <summary>The user the agent itself runs as.</summary>
    public static uint Own => Native.EffectiveUser();

    public static bool TryRead(Socket socket, out int pid, out uint uid)
    {
        Span<byte> credentials = stackalloc byte[Size];
        bool known = socket.GetRawSocketOption(SocketLevel, Option, credentials) >= Size;
        pid = known ? BitConverter.ToInt32(credentials) : 0;
        uid = known ? BitConverter.ToUInt32(credentials[4..]) : uint.MaxValue;
        return known;
    }
}
