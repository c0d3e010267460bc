using Fleet.Server.Data;
using Fleet.Server.Domain.Hosts;

namespace Fleet.Server.Live;

/// <summary>Whether a host may come in, and for one that may not: why, who said so, and since when.</summary>
internal sealed record HostAccess(AccessState State, string Reason, string By, DateTimeOffset At)
{
    public static readonly HostAccess Member = new(AccessState.Member, "", "", DateTimeOffset.UnixEpoch);

    public bool Admitted => State is AccessState.Member;

    public static HostAccess Of(HostRow host) => host.Access is AccessState.Member
        ? Member
        : new HostAccess(host.Access, host.AccessReason ?? "", host.AccessBy ?? "", host.AccessAt ?? host.Joined);
}
