using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Hosts;

/// <summary>States of a host in words.</summary>
public static class HostText
{
    /// <summary>A state that is not "live" carries its age.</summary>
    public static Tone StateTone(HostView host, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(host);
        Tone tone = Tones.Host(host.State);
        return host.State is "live" or "evicted" or "banned" ? tone : tone with { Word = $"{tone.Word}, {Show.Span(now - host.LastSeen)}" };
    }

    /// <summary>Where a policy stands; what a host that is not live reported is not known to hold still.</summary>
    public static Tone PolicyTone(HostPolicy policy, HostView host)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(host);
        return (policy.Reported == policy.Desired, host.State is "live", host.Rejected) switch
        {
            (true, true, _) => new Tone("in force", "ok", "ok"),
            (true, false, _) => new Tone("in force when last seen", "stale", "unknown"),
            (false, _, { Length: > 0 }) => new Tone("refused by the agent", "bad", "bad"),
            (false, true, _) => new Tone("on its way", "clock", "accent"),
            _ => new Tone("waits for the host", "stale", "unknown"),
        };
    }

    /// <summary>What a list says of a host's identity; the worst thing alone.</summary>
    public static (string Word, string Class)? Remark(HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host switch
        {
            { ConnectedTwice: not null } => ("connected twice", "is-bad"),
            { DuplicateMachineId: true, SameMachineId: [{ } other] } => ($"machine id of {other.Name}", "is-warn"),
            { DuplicateMachineId: true } => ($"machine id of {Show.Count(host.SameMachineIdTotal)} others", "is-warn"),
            { ReplacedBy: not null } => ("replaced", "quiet"),
            _ => null,
        };
    }
}
