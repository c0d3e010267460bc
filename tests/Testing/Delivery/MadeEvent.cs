namespace Fleet.Testing.Delivery;

/// <summary>One occurrence that an agent's program made, as its ledger says.</summary>
/// <param name="Host">The host's name.</param>
/// <param name="Stream">What it is counted by: occurrences of one stream may be merged into one event with their number.</param>
/// <param name="Number">Which one it is; the host's numbers rise. Null in streams that are counted alone.</param>
/// <param name="At">When it was made, by the host's clock.</param>
/// <param name="Kept">Whether the agent said that it is on its disk, or was counted as lost.</param>
public sealed record MadeEvent(string Host, string Stream, long? Number, DateTimeOffset At, bool Kept)
{
    /// <summary>Text that carries stream and number through agent, link, store and API.</summary>
    public static string Mark(string stream, long number) => $"made {stream} {number}";

    /// <summary>Reads what <see cref="Mark"/> wrote.</summary>
    public static bool TryRead(string? mark, out string stream, out long number)
    {
        (stream, number) = ("", 0);
        if (mark?.Split(' ') is not ["made", var name, var digits] || !long.TryParse(digits, out number))
        {
            return false;
        }

        stream = name;
        return true;
    }
}
