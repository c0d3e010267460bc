using System.Globalization;
using System.Text;

namespace Fleet.Simulator.Load;

/// <summary>A report for people.</summary>
internal static class LoadText
{
    public static string Of(LoadReport report)
    {
        StringBuilder text = new();
        Line(text, $"{report.Scenario}: {(report.Stopped ? "stopped before its end" : report.Sound ? "as it should be" : "NOT as it should be")} after {report.Seconds:0.0} s");
        foreach (LoadPromise promise in report.Promises)
        {
            Line(text, $"{(promise.Held ? "held" : "BROKEN"),-10} {promise.What}: {promise.Seen}");
        }

        Line(text, $"hosts      {report.Connected} of {report.Hosts} connected, {report.Enrolled} joined in this run, {report.Connections} connections in all");
        Line(text, $"ready      {(report.ReadySeconds is { } ready ? $"after {ready:0.0} s" : "not all hosts came")}");
        if (report.Scenario is "reconnect" or "storm" or "flapping")
        {
            string since = report.Scenario switch { "reconnect" => "the network's return", "storm" => "the burst", _ => $"the last of {report.Drops} drops" };
            Line(text, $"settled    {(report.SettledSeconds is { } settled ? $"{settled:0.0} s after {since}" : "not in time")}");
        }

        Line(text, $"events     {report.EventsProduced} made, {report.EventsAcknowledged} stored, {report.EventsWaiting} waiting, {report.EventsLost} lost for want of room");
        Spread(text, "join", report.Join);
        Spread(text, "connect", report.Connect);
        Spread(text, "batch", report.Acknowledge);
        Spread(text, "stored", report.Stored);
        Spread(text, "visible", report.Visible);
        if (report.Attestations > 0)
        {
            Line(text, $"attested   {report.Attestations}");
        }

        if (report.Api is { } api)
        {
            string states = string.Join(", ", api.States.Select(state => $"{state.Value} {state.Key}"));
            Line(text, $"operators  {api.Requests} requests, {api.Failures} failed, p50 {api.P50} ms, p95 {api.P95} ms, p99 {api.P99} ms; hosts {states}, at most {api.MostSilent} silent");
        }

        foreach ((string reason, long count) in report.Refused.OrderByDescending(refusal => refusal.Value))
        {
            Line(text, $"refused    {count} × {reason}");
        }

        foreach ((string kind, long count) in report.Errors.OrderByDescending(error => error.Value))
        {
            Line(text, $"error      {count} × {kind}");
        }

        return text.ToString().TrimEnd();
    }

    private static void Spread(StringBuilder text, string name, LoadReport.Spread spread)
    {
        if (spread.Count > 0)
        {
            Line(text, $"{name,-10} p50 {spread.P50} ms, p95 {spread.P95} ms, p99 {spread.P99} ms ({spread.Count})");
        }
    }

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
