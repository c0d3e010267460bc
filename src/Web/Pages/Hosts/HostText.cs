using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Hosts;

/// <summary>States of a host in words.</summary>
public static class HostText
{
    /// <summary>More than this and what the host dates is not to be compared with other hosts'.</summary>
    private const long NotableOffsetSeconds = 5 * 60;

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

    /// <summary>Until when the agent can come in, and whether that needs somebody.</summary>
    public static (string Word, string Class) Certificate(HostView host, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.CertificateExpires switch
        {
            null => ("unknown", "quiet"),
            { } until when until <= now => ($"expired {Show.Span(now - until)} ago", host.CertificateOverdue ? "is-bad" : ""),
            { } until => ($"expires in {Show.Span(until - now)}", host.CertificateOverdue ? "is-warn" : ""),
        };
    }

    /// <summary>Whether a certificate lets the host's agent in.</summary>
    public static Tone CertificateTone(CertificateView certificate, HostView host, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(host);
        return (certificate.State, host.Access is null, certificate.NotAfter > now) switch
        {
            ("superseded", _, _) => new Tone("replaced", "stale", "unknown"),
            (_, false, _) => new Tone("refused", "bad", "bad"),
            (_, _, false) => new Tone("expired", "bad", "bad"),
            ("used", _, _) => new Tone("in use", "ok", "ok"),
            ("issued", _, _) => new Tone("not used yet", "clock", "accent"),
            _ => new Tone(certificate.State, "unknown", "unknown"),
        };
    }

    /// <summary>How long something holds from now, or how long ago it ended.</summary>
    public static string Until(DateTimeOffset until, DateTimeOffset now) => until > now ? $"in {Show.Span(until - now)}" : $"{Show.Span(now - until)} ago";

    /// <summary>How far the host's clock is from the server's, by whole seconds.</summary>
    public static (string Word, string Class) Clock(HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.ClockOffsetSeconds switch
        {
            null => ("unknown", "quiet"),
            0 => ("within 1 s", ""),
            { } off => ($"{Show.Span(TimeSpan.FromSeconds(Math.Abs(off)))} {(off > 0 ? "ahead" : "behind")}", ClockIsOff(host) ? "is-warn" : ""),
        };
    }

    public static bool ClockIsOff(HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.ClockOffsetSeconds is { } off && Math.Abs(off) > NotableOffsetSeconds;
    }

    /// <summary>What a list says of a host's identity; the worst thing alone.</summary>
    public static (string Word, string Class)? Remark(HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host switch
        {
            { ConnectedTwice: not null } => ("connected twice", "is-bad"),
            { SpoolTrouble: not null } => ("disk refuses events", "is-warn"),
            { DuplicateMachineId: true, SameMachineId: [{ } other] } => ($"machine id of {other.Name}", "is-warn"),
            { DuplicateMachineId: true } => ($"machine id of {Show.Count(host.SameMachineIdTotal)} others", "is-warn"),
            { ReplacedBy: not null } => ("replaced", "quiet"),
            _ => null,
        };
    }
}
