using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Agent.Guardian;

/// <summary>What a guardian is told to keep, and what it does when the agent dies.</summary>
/// <param name="OnDeath">Open: every mount is lifted. Closed: nothing is kept, accesses fail. Wait: accesses wait for the next agent.</param>
/// <param name="Limit">How long accesses wait for the next agent; after that it is as closed.</param>
/// <param name="Mountpoint">Where the mirror is.</param>
/// <param name="Number">Number of its connection.</param>
internal sealed record Keeping(AgentLossAction OnDeath, TimeSpan Limit, string Mountpoint, uint Number)
{
    private const int Lines = 4;

    /// <summary>As one text, a line each.</summary>
    public string Write() => string.Join('\n', OnDeath, Limit.TotalSeconds.ToString(CultureInfo.InvariantCulture), Number, Mountpoint);

    public static Keeping? TryRead(string text)
    {
        string[] lines = text.Split('\n', Lines);
        return lines.Length is Lines
            && Enum.TryParse(lines[0], out AgentLossAction action) && Enum.IsDefined(action)
            && double.TryParse(lines[1], CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and <= 86_400
            && uint.TryParse(lines[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            ? new Keeping(action, TimeSpan.FromSeconds(seconds), lines[3], number)
            : null;
    }
}
