using System.Globalization;

namespace Fleet.Simulator.Load;

/// <summary>Where a run is; told once a second.</summary>
/// <param name="EventsASecond">Acknowledged since it was told before.</param>
/// <param name="Silent">Hosts that the server says to be silent, all of its hosts; null where nobody looks.</param>
/// <param name="ApiP95">Milliseconds of operators' requests so far; null where nobody looks.</param>
/// <param name="Trouble">The refusal or error that was counted most often; null when there was none.</param>
internal sealed record LoadProgress(
    double Seconds, int Hosts, long Connected, long Enrolled, long EventsProduced, long EventsAcknowledged, long EventsASecond, long EventsLost, long Attestations,
    long Refused, long Errors, string? Trouble, int? Silent, double? ApiP95)
{
    public static LoadProgress Of(LoadOptions options, LoadCounters now, ServerApi? api, double seconds, long before)
    {
        long acknowledged = now.Acknowledged;
        return new LoadProgress(
            seconds, options.Hosts, now.Connected, now.Enrolled, now.Produced, acknowledged, acknowledged - before, now.Lost, now.Attested,
            now.Refusals.Values.Sum(), now.Errors.Values.Sum(),
            now.Refusals.Concat(now.Errors).OrderByDescending(one => one.Value).Select(one => one.Key).FirstOrDefault(),
            api?.States.GetValueOrDefault("silent"), api is null ? null : Math.Round(api.Answers.Percentile(0.95).TotalMilliseconds));
    }

    /// <summary>One line for people.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Seconds,6:0} s  connected {Connected}/{Hosts}  joined {Enrolled}  events {EventsProduced} made, {EventsAcknowledged} stored ({EventsASecond}/s)"
        + $"{(EventsLost > 0 ? $", {EventsLost} lost" : "")}{(Attestations > 0 ? $"  attested {Attestations}" : "")}"
        + $"{(Refused + Errors > 0 ? $"  refused {Refused}, errors {Errors}, mostly '{Trouble}'" : "")}{(Silent is null ? "" : $"  silent {Silent}  api {ApiP95:0} ms")}");
}
