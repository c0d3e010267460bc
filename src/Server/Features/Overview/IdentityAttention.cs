using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Server.Features.Overview;

/// <summary>What of certificates and clocks needs an operator.</summary>
internal static class IdentityAttention
{
    private const int NotableOffsetSeconds = 5 * 60;

    public static IEnumerable<AttentionItem> Of(IReadOnlyList<HostView> hosts, DateTimeOffset now)
    {
        foreach (HostView host in hosts)
        {
            string link = $"/hosts/{host.Id}";
            if (host is { CertificateOverdue: true, CertificateExpires: { } until })
            {
                (string severity, string what) = until < now
                    ? ("bad", "cannot come in: its certificate has expired")
                    : ("warn", string.Create(CultureInfo.InvariantCulture, $"does not renew its certificate, which expires at {until.UtcDateTime:u}"));
                yield return new AttentionItem(severity, host.Name, what, "its agent was away for long, or its renewal fails: the agent's log says why", until, "Open host", link);
            }
        }

        List<HostView> off = [.. hosts.Where(host => host.ClockOffsetSeconds is { } seconds && Math.Abs(seconds) > NotableOffsetSeconds)];
        if (off.Count > Attention.EachByItself)
        {
            HostView worst = off.MaxBy(host => Math.Abs(host.ClockOffsetSeconds!.Value))!;
            yield return new AttentionItem(
                "warn",
                $"{off.Count.ToString("N0", CultureInfo.InvariantCulture)} hosts",
                $"have clocks that are off; {worst.Name}'s is {Span(worst.ClockOffsetSeconds!.Value)} {Side(worst.ClockOffsetSeconds.Value)}",
                "what they date is off by as much; see to the source of their time",
                off.Max(host => host.LastSeen),
                "Open host",
                $"/hosts/{worst.Id}");
            yield break;
        }

        foreach (HostView host in off)
        {
            yield return new AttentionItem(
                "warn", host.Name, $"has a clock that is {Span(host.ClockOffsetSeconds!.Value)} {Side(host.ClockOffsetSeconds.Value)}", "what it dates is off by as much; set the host's clock", host.LastSeen, "Open host", $"/hosts/{host.Id}");
        }
    }

    private static string Side(long seconds) => seconds > 0 ? "ahead" : "behind";

    private static string Span(long seconds)
    {
        TimeSpan off = TimeSpan.FromSeconds(Math.Abs(seconds));
        return off.TotalDays >= 2 ? $"{(int)off.TotalDays} days" : off.TotalHours >= 2 ? $"{(int)off.TotalHours} hours" : $"{(int)off.TotalMinutes} minutes";
    }
}
