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

    /// <summary>As the broker is to see it: the agent's own user may what root may.</summary>
    public Caller ForBroker => IsRoot ? Caller with { Uid = 0 } : Caller;

    public bool May(LocalRule rule) => IsRoot || rule is not LocalRule.Root;

    /// <summary>
    /// The process that shall hold something: the one that asks, or one it names, so that a tool that runs already can be given its
    /// region. Root may name any, others their own.
    /// </summary>
    public IResult? Holder(int? named, out Caller holder)
    {
        holder = Caller;
        if (named is not { } pid)
        {
            return null;
        }

        ProcessOwner? owner = ProcessOwner.TryRead(pid);
        holder = CallerReader.Read(pid, owner?.Effective ?? uint.MaxValue, out _);
        if (owner is null || holder.StartTime is 0)
        {
            return LocalAnswers.Problem(ErrorCodes.NotFound, $"There is no process {pid} that could hold it.");
        }

        return IsRoot || owner == new ProcessOwner(Caller.Uid, Caller.Uid)
            ? null
            : LocalAnswers.Problem(ErrorCodes.Forbidden, $"Process {pid} is not one of user {Caller.Uid}'s.");
    }
}
