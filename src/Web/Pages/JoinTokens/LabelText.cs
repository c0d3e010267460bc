namespace Fleet.Web.Pages.JoinTokens;

/// <summary>Labels as people write them: key=value, separated by commas or spaces.</summary>
public static class LabelText
{
    /// <returns>Null when some part is no label; then <paramref name="wrong"/> is that part.</returns>
    public static IReadOnlyDictionary<string, string>? Parse(string? text, out string wrong)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        wrong = "";
        foreach (string part in (text ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !labels.TryAdd(part[..equals], part[(equals + 1)..]))
            {
                wrong = part;
                return null;
            }
        }

        return labels;
    }

    public static string Of(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return string.Join(", ", labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
    }
}
