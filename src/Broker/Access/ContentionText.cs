using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>Says a contended access in a sentence: who did what where, what came of it, and what to do.</summary>
internal static class ContentionText
{
    public static string Of(ContentionKey key, Caller? caller, ClaimReference? claim, Waited? waited)
    {
        string who = caller is null
            ? key.Sensor is null ? "Many callers" : "A process that could not be told"
            : string.Create(CultureInfo.InvariantCulture, $"{caller.Comm} (pid {caller.Pid}, uid {caller.Uid})");
        string what = key.Operation is AccessOperation.Write ? "write" : "read";
        string where = key.Offset < 0
            ? caller is null || key.Sensor is not null ? $"{key.Function}" : $"many bytes of {key.Function}"
            : string.Create(CultureInfo.InvariantCulture, $"{key.Length} bytes at 0x{key.Offset:x3} of {key.Function}");
        string held = claim is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" The region 0x{claim.Offset:x3}+{claim.Length} is held by {claim.Holder}.");
        if (key.Sensor is not null)
        {
            return key.Decision is Decision.Refuse
                ? $"{who} tried to open the configuration file of {key.Function} around the broker, and the agent's {key.Sensor} denied it; no byte reached the function.{held} Run the tool through the broker."
                : $"{who} did {what} {where} around the broker (seen by {key.Sensor}).{held} Run the tool through the broker, or have the agent bind the config files.";
        }

        return key.Decision switch
        {
            Decision.Refuse => $"{who} tried to {what} {where} and was refused{After(waited)}; no byte reached the function.{held} Go through the broker, or be on the claim's allow list.",
            Decision.WouldRefuse => $"{who} did {what} {where}; under mode enforce it would have been refused, or gone to registers of its own.{held}",
            Decision.ReadOnly => $"{who} tried to {what} {where}; the agent has this function open read-only and wrote nothing.{held}",
            Decision.Ones => $"{who} read {where} and got all ones for what is claimed; the function is there.{held}",
            Decision.Cached => $"{who} read {where} and was answered from what was last read; the function was not asked for what is claimed.{held}",
            Decision.Wait => $"{who} waited {Milliseconds(waited)} ms to {what} {where}{Outcome(waited)}.{held}",
            _ => $"{who} did {what} {where}.{held}",
        };
    }

    private static string After(Waited? waited) => waited is null ? "" : $" after {Milliseconds(waited)} ms";

    private static string Milliseconds(Waited? waited) => (waited?.For ?? default).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);

    private static string Outcome(Waited? waited) => waited?.Ended switch
    {
        AccessStatus.TimedOut => "; its time was up and no byte reached the function",
        AccessStatus.Interrupted => "; its caller gave up and no byte reached the function",
        _ => ", then went on",
    };
}
