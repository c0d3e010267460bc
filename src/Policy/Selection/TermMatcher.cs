using System.Globalization;

namespace Fleet.Policy;

/// <summary>Compares one value of a field with a term. Text is compared without case; numbers as numbers, so that 0x10 is 16.</summary>
internal static class TermMatcher
{
    public static bool Matches(TermNode term, ISelectable facts)
    {
        bool wanted = term.Operator is not SelectorOperator.NotEqual;
        foreach (string value in facts.Values(term.Field))
        {
            if (MatchesOne(term, value))
            {
                return wanted;
            }
        }

        return !wanted;
    }

    internal static bool MatchesOne(TermNode term, string value) => term.Operator switch
    {
        SelectorOperator.Contains => value.Contains(term.Value, StringComparison.OrdinalIgnoreCase)
            || (!term.Literal && term.Value.AsSpan().ContainsAny('*', '?') && Glob.Matches(term.Value, value)),
        SelectorOperator.Equal or SelectorOperator.NotEqual => term.IsGlob ? Glob.Matches(term.Value, value) : Same(term.Value, value),
        SelectorOperator.Less => Compare(value, term.Value) < 0,
        SelectorOperator.LessOrEqual => Compare(value, term.Value) <= 0,
        SelectorOperator.Greater => Compare(value, term.Value) > 0,
        SelectorOperator.GreaterOrEqual => Compare(value, term.Value) >= 0,
        _ => false,
    };

    private static bool Same(string wanted, string value) =>
        string.Equals(wanted, value, StringComparison.OrdinalIgnoreCase)
        || (wanted.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && TryNumber(wanted, out decimal left)
            && TryNumber(value, out decimal right) && left == right);

    private static int? Compare(string value, string wanted)
    {
        if (TryNumber(value, out decimal left) && TryNumber(wanted, out decimal right))
        {
            return left.CompareTo(right);
        }

        return TryTime(value, out DateTimeOffset from) && TryTime(wanted, out DateTimeOffset to) ? from.CompareTo(to) : null;
    }

    public static bool IsComparable(string text) => TryNumber(text, out _) || TryTime(text, out _);

    private static bool TryNumber(string text, out decimal number)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            bool ok = ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex);
            number = hex;
            return ok;
        }

        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}
