using Fleet.Contracts;

namespace Fleet.Server.Domain.Attestation;

/// <summary>Decides which functions are attested now: those that are due, the longest due first, within the bounds for a host and for all.</summary>
internal static class AttestationSchedule
{
    public static IReadOnlyList<DeviceStanding> Plan(IEnumerable<DeviceStanding> devices, AttestationTimes times, DateTimeOffset now)
    {
        List<DeviceStanding> all = [.. devices];
        Dictionary<HostId, int> open = all.Where(device => IsOpen(device, now)).CountBy(device => device.Function.Host).ToDictionary();
        int sum = open.Values.Sum();
        List<DeviceStanding> chosen = [];
        foreach (DeviceStanding device in all.Where(device => device.Due <= now && !IsOpen(device, now)).OrderBy(device => device.Due))
        {
            int onHost = open.GetValueOrDefault(device.Function.Host);
            if (sum < times.InAll && onHost < times.PerHost)
            {
                open[device.Function.Host] = onHost + 1;
                sum++;
                chosen.Add(device);
            }
        }

        return chosen;
    }

    /// <summary>What the inventory's news mean for a function: a first sight, another boot, another driver or device, a reset.</summary>
    public static DeviceStanding Notice(DeviceStanding? before, FunctionId function, FunctionFacts facts, string bootId, AttestationTimes times, DateTimeOffset now)
    {
        string fingerprint = FunctionNaming.Fingerprint(facts);
        if (before is null)
        {
            return new DeviceStanding { Function = function, Since = now, BootId = bootId, Fingerprint = fingerprint, ResetAt = facts.ResetAt, Due = now, Trigger = Triggers.First };
        }

        // An agent that began anew knows of no reset; that is no news.
        bool reset = facts.ResetAt is not null && facts.ResetAt != before.ResetAt;
        bool booted = before.BootId != bootId;
        bool changed = before.Fingerprint != fingerprint;
        if (!booted && !changed && !reset)
        {
            return before;
        }

        return before with
        {
            BootId = bootId,
            Fingerprint = fingerprint,
            ResetAt = reset ? facts.ResetAt : before.ResetAt,
            Due = reset ? now + times.AfterReset : now,
            Trigger = booted ? Triggers.Boot : changed ? Triggers.Inventory : Triggers.Reset,
            Outdated = before.EvidenceAt is null ? null
                : booted ? "The host has booted since its evidence was taken."
                : !changed ? "The function was reset since its evidence was taken."
                : $"The function or its driver changed since its evidence was taken; it is {fingerprint} now.",
            Since = before.EvidenceAt is null ? before.Since : now,
        };
    }

    private static bool IsOpen(DeviceStanding device, DateTimeOffset now) => device.Open is not null && device.OpenUntil > now;
}
