namespace Fleet.Server.Domain.Policies;

/// <summary>Finds the known word that a misspelt one was probably meant to be.</summary>
internal static class Suggestion
{
    private const int LongestCompared = 64;

    /// <returns>" Did you mean 'x'?" or nothing.</returns>
    public static string For(string word, IEnumerable<string> known)
    {
        // Every other word of one letter is as near.
        if (word.Length is < 2 or > LongestCompared)
        {
            return "";
        }

        (string Known, int Distance) best = known
            .Select(candidate => (candidate, Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .DefaultIfEmpty(("", int.MaxValue))
            .MinBy(pair => pair.Item2);
        return best.Distance <= Math.Max(1, word.Length / 3) ? $" Did you mean '{best.Known}'?" : "";
    }

    // Levenshtein's distance, one row at a time.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
