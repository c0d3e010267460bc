using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Events;

/// <summary>Events in words.</summary>
public static partial class EventText
{
    /// <summary>Neither an access nor a claim: its sentence says all there is.</summary>
    public static bool IsPlain(FleetEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item is { Caller: null, Offset: null, Decision: null };
    }

    /// <summary>The sentence, and the attestation that it ends by naming, if it does.</summary>
    public static (string Sentence, string? Attestation) Sentence(FleetEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        string detail = item.Detail ?? "";
        return Named().Match(detail) is { Success: true } named ? (detail[..named.Index], named.Groups["id"].Value) : (detail, null);
    }

    public static Tone? ToneOf(FleetEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Decision is { } decision ? Tones.Of(decision) : Tones.Event(item.Kind);
    }

    /// <summary>Everything known of the process.</summary>
    public static string Caller(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        string[] parts =
        [
            caller.Exe.Length > 0 ? caller.Exe : $"{caller.Comm}, executable unknown",
            $"pid {caller.Pid}",
            caller.LoginUid is { } login && login != caller.Uid ? $"uid {caller.Uid}, signed in as {login}" : $"uid {caller.Uid}",
            caller.Unit is { } unit ? $"unit {unit}" : "",
            caller.Container is { } container ? $"container {container}" : "",
        ];
        return string.Join(", ", parts.Where(p => p.Length > 0));
    }

    [GeneratedRegex(@" Attestation (?<id>[0-9a-f]{32})\.$")]
    private static partial Regex Named();
}
