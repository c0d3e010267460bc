using System.Diagnostics.CodeAnalysis;

namespace Fleet.Policy;

/// <summary>
/// A parsed filter over hosts, functions or events: the one grammar of the API's q parameter, of policies and of rollouts.
/// <code>
/// query := or | nothing            or := and ("or" and)*        and := not (["and"] not)*
/// not   := "not" not | "(" or ")" | field operator value | word
/// </code>
/// Operators are : = != &lt; &lt;= &gt; &gt;=; values may be quoted, and * and ? are globs unless they are. Within quotes \" is a quote and \\ a backslash.
/// </summary>
public sealed class Selector
{
    /// <summary>Longest text accepted.</summary>
    public const int MaxLength = 2_000;

    /// <summary>Deepest nesting accepted.</summary>
    public const int MaxDepth = 32;

    private Selector(string text, SelectorNode root)
    {
        Text = text;
        Root = root;
    }

    /// <summary>The selector that matches everything.</summary>
    public static Selector All { get; } = new("", new AllNode());

    /// <summary>The text it was parsed from.</summary>
    public string Text { get; }

    /// <summary>The parsed form, for translation to other languages.</summary>
    public SelectorNode Root { get; }

    /// <summary>A value as it stands in a selector, whatever is in it.</summary>
    /// <param name="value">At least one character.</param>
    public static string Quote(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '/' or '@')
            ? value
            : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>Parses a selector that may use any field of any sort of thing.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out Selector? selector, [NotNullWhen(false)] out SelectorError? error) =>
        TryParse(text, Selectables.AllFields, out selector, out error);

    /// <summary>Parses a selector that may use the given fields alone. "label" among them also admits "label.KEY".</summary>
    public static bool TryParse(
        string? text,
        IReadOnlyList<string> fields,
        [NotNullWhen(true)] out Selector? selector,
        [NotNullWhen(false)] out SelectorError? error)
    {
        ArgumentNullException.ThrowIfNull(fields);
        text ??= "";
        selector = null;
        if (text.Length > MaxLength)
        {
            error = new SelectorError(MaxLength, $"The text has {text.Length} characters; at most {MaxLength} are accepted.");
            return false;
        }

        SelectorParser parser = new(text, fields);
        SelectorNode? root = parser.Parse();
        error = null;
        if (root is null)
        {
            error = parser.Error ?? new SelectorError(0, "The selector does not parse.");
            return false;
        }

        selector = new Selector(text, root);
        return true;
    }

    /// <summary>Whether the thing is selected.</summary>
    public bool Matches(ISelectable facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return Matches(Root, facts);
    }

    /// <summary>The text it was parsed from.</summary>
    public override string ToString() => Text;

    private static bool Matches(SelectorNode node, ISelectable facts) => node switch
    {
        AllNode => true,
        AndNode and => Matches(and.Left, facts) && Matches(and.Right, facts),
        OrNode or => Matches(or.Left, facts) || Matches(or.Right, facts),
        NotNode not => !Matches(not.Operand, facts),
        TermNode term => TermMatcher.Matches(term, facts),
        _ => throw new InvalidOperationException($"No evaluation for {node.GetType().Name}."),
    };
}
