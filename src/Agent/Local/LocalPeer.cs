using System.Net.Sockets;
using Fleet.Agent.Linux;
using Fleet.Contracts;
using Microsoft.AspNetCore.Connections.Features;

namespace Fleet.Agent.Local;

/// <summary>Who is at the other end of the socket, as the kernel says.</summary>
/// <param name="Caller">The process that connected.</param>
/// <param name="IsRoot">Whether it may do everything here.</param>
internal sealed record LocalPeer(Caller Caller, bool IsRoot)
{
    private static readonly LocalPeer Nobody = new(new Caller { Pid = 0, Uid = uint.MaxValue, Comm = "unknown" }, false);

    public static LocalPeer Of(HttpContext context)
    {
        Socket? socket = context.Features.Get<IConnectionSocketFeature>()?.Socket;
        return socket is not null && PeerCredentials.TryRead(socket, out int pid, out uint uid)
            ? new LocalPeer(CallerReader.Read(pid, uid, out _, context.RequestServices.GetRequiredService<ExecutableHashes>()), MayAll(uid))
            : Nobody;
    }

    public static bool MayAll(uint uid) => uid is 0 || uid == PeerCredentials.Own;

    public bool May(LocalRule rule) => IsRoot || rule is not LocalRule.Root;
}
