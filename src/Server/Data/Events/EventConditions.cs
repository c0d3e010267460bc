using System.Globalization;
using Fleet.Policy;

namespace Fleet.Server.Data.Events;

/// <summary>
/// Turns a selector into a condition on the columns of stored events that selects at least what the selector does. What has no form in columns becomes
/// "anything", and the selector itself looks at each row again: the condition decides what is read, never what is answered. The databases differ in
/// how a term is said.
/// </summary>
/// <param name="anything">The condition that all rows fulfil.</param>
internal abstract class EventConditions(string anything)
{
    /// <summary>Fields whose texts are numbers in a column.</summary>
    protected static readonly IReadOnlyDictionary<string, string> WordColumns = new Dictionary<string, string>
    {
        ["kind"] = "kind",
        ["function"] = "function",
        ["address"] = "function",
        ["comm"] = "comm",
        ["exe"] = "exe",
        ["decision"] = "decision",
        ["operation"] = "operation",
        ["holder"] = "holder",
        ["source"] = "source",
        ["feature"] = "feature",
    };

    /// <summary>Fields that are a number in a column as they are. PostgreSQL has a word of its own that is "offset".</summary>
    protected static readonly IReadOnlyDictionary<string, string> NumberColumns = new Dictionary<string, string>
    {
        ["pid"] = "pid",
        ["uid"] = "uid",
        ["offset"] = "\"offset\"",
        ["length"] = "length",
        ["count"] = "count",
    };

    protected string Anything => anything;

    protected static bool IsHost(string field) => field is "host" or "hostname";

    protected string Condition(SelectorNode node)
    {
        switch (node)
        {
            case AndNode both:
                return $"({Condition(both.Left)} AND {Condition(both.Right)})";
            case OrNode either:
                (string left, string right) = (Condition(either.Left), Condition(either.Right));
                return left == anything || right == anything ? anything : $"({left} OR {right})";
            case TermNode term:
                return Term(term) ?? anything;
            default:
                return anything; // "not" of a wider condition would be a narrower one.
        }
    }

    /// <summary>A term as a condition; null where columns cannot say it.</summary>
    protected abstract string? Term(TermNode term);

    protected static string? Sign(SelectorOperator @operator) => @operator switch
    {
        SelectorOperator.Equal => "=",
        SelectorOperator.Less => "<",
        SelectorOperator.LessOrEqual => "<=",
        SelectorOperator.Greater => ">",
        SelectorOperator.GreaterOrEqual => ">=",
        _ => null,
    };

    protected static long? Number(string text) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex) && hex >= 0 ? hex : null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}
