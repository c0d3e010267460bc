using System.Text;

namespace Fleet.Policy;

/// <summary>
/// Recursive descent over the text itself: what a character means depends on where it stands (a colon ends a field name
/// but belongs to a value), so there is no separate token stream.
/// </summary>
internal sealed class SelectorParser(string text, IReadOnlyList<string> fields)
{
    // A chain of n terms makes a tree n deep; evaluation recurses over it.
    private const int MaxTerms = 256;

    private static readonly (string Text, SelectorOperator Operator)[] Operators =
    [
        ("!=", SelectorOperator.NotEqual), ("<=", SelectorOperator.LessOrEqual), (">=", SelectorOperator.GreaterOrEqual),
        ("<", SelectorOperator.Less), (">", SelectorOperator.Greater), ("=", SelectorOperator.Equal), (":", SelectorOperator.Equal),
    ];

    private int _position;
    private int _terms;

    public SelectorError? Error { get; private set; }

    public SelectorNode? Parse()
    {
        SkipSpace();
        if (AtEnd)
        {
            return new AllNode();
        }

        SelectorNode? root = ParseOr(0);
        if (root is null)
        {
            return null;
        }

        return AtEnd ? root : Fail(_position, $"Found {Found()}; expected 'and', 'or' or the end.");
    }

    private bool AtEnd => _position >= text.Length;

    private SelectorNode? ParseOr(int depth)
    {
        SelectorNode? left = ParseAnd(depth);
        while (left is not null && TakeKeyword("or"))
        {
            SelectorNode? right = ParseAnd(depth);
            left = right is null ? null : new OrNode(left, right);
        }

        return left;
    }

    private SelectorNode? ParseAnd(int depth)
    {
        SelectorNode? left = ParseNot(depth);
        while (left is not null && !AtEnd && text[_position] != ')' && PeekWord() is not "or")
        {
            TakeKeyword("and");
            SelectorNode? right = ParseNot(depth);
            left = right is null ? null : new AndNode(left, right);
        }

        return left;
    }

    private SelectorNode? ParseNot(int depth)
    {
        if (depth >= Selector.MaxDepth)
        {
            return Fail(_position, $"Nested more than {Selector.MaxDepth} deep; expected a simpler selector.");
        }

        if (TakeKeyword("not"))
        {
            SelectorNode? operand = ParseNot(depth + 1);
            return operand is null ? null : new NotNode(operand);
        }

        if (AtEnd || text[_position] != '(')
        {
            return ParseTerm();
        }

        int open = _position++;
        SkipSpace();
        SelectorNode? inner = ParseOr(depth + 1);
        if (inner is null)
        {
            return null;
        }

        if (AtEnd || text[_position] != ')')
        {
            return Fail(_position, $"Found {Found()}; expected ')' for the '(' at {open + 1}.");
        }

        _position++;
        SkipSpace();
        return inner;
    }

    private SelectorNode? ParseTerm()
    {
        int start = _position;
        string word = PeekWord();
        if (AtEnd || word is "and" or "or" or "not" || text[start] == ')')
        {
            return Fail(start, $"Found {Found()}; expected a term such as vendor:144d, a word, 'not' or '('.");
        }

        if (++_terms > MaxTerms)
        {
            return Fail(start, $"More than {MaxTerms} terms; expected a shorter selector.");
        }

        int end = FieldEnd(start);
        int after = end;
        while (end > start && after < text.Length && char.IsWhiteSpace(text[after]))
        {
            after++;
        }

        (string mark, SelectorOperator comparison) = end > start ? OperatorAt(after) : default;
        // "a : b" is two words with a stray colon, "a >= b" reads as one term.
        if (mark is null || (mark is ":" && after != end))
        {
            return ParseWord(start);
        }

        string name = text[start..end];
        string? field = Resolve(name);
        if (field is null)
        {
            return Fail(start, $"Found the field '{name}'; expected one of {string.Join(", ", fields)}.");
        }

        _position = after + mark.Length;
        if (mark is not ":")
        {
            SkipSpace();
        }

        int valueStart = _position;
        if (!TryValue(out string value, out bool quoted))
        {
            return null;
        }

        if (comparison is SelectorOperator.Less or SelectorOperator.LessOrEqual or SelectorOperator.Greater or SelectorOperator.GreaterOrEqual
            && !TermMatcher.IsComparable(value))
        {
            return Fail(valueStart, $"Found '{value}' after '{mark}'; expected a number (10, 0x340) or a time (2026-01-31T12:00:00Z).");
        }

        return new TermNode(field, comparison, value, quoted, start);
    }

    private TermNode? ParseWord(int start) =>
        TryValue(out string value, out bool quoted) ? new TermNode("any", SelectorOperator.Contains, value, quoted, start) : null;

    private bool TryValue(out string value, out bool quoted)
    {
        int start = _position;
        value = "";
        quoted = !AtEnd && text[start] == '"';
        if (quoted)
        {
            int close = start + 1;
            StringBuilder unescaped = new();
            while (close < text.Length && text[close] is not '"')
            {
                // \" and \\ stand for the second of them; before anything else a backslash is one.
                close += text[close] is '\\' && close + 1 < text.Length && text[close + 1] is '"' or '\\' ? 1 : 0;
                unescaped.Append(text[close++]);
            }

            if (close >= text.Length)
            {
                Fail(start, "Found a quote that is not closed; expected '\"' at the end of the value.");
                return false;
            }

            value = unescaped.ToString();
            _position = close + 1;
        }
        else
        {
            while (!AtEnd && !char.IsWhiteSpace(text[_position]) && text[_position] is not ('(' or ')' or '"'))
            {
                _position++;
            }

            value = text[start.._position];
        }

        if (value.Length is 0)
        {
            Fail(start, $"Found {Found()}; expected a value (quote it when it has spaces).");
            return false;
        }

        SkipSpace();
        return true;
    }

    private int FieldEnd(int start)
    {
        int end = start;
        if (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '.' or '_' or '-' or '/'))
            {
                end++;
            }
        }

        return end;
    }

    private (string Text, SelectorOperator Operator) OperatorAt(int position) =>
        Array.Find(Operators, o => string.CompareOrdinal(text, position, o.Text, 0, o.Text.Length) == 0);

    private string? Resolve(string name)
    {
        const string labelPrefix = "label.";
        if (name.Length > labelPrefix.Length && name.StartsWith(labelPrefix, StringComparison.OrdinalIgnoreCase) && fields.Contains("label"))
        {
            return labelPrefix + name[labelPrefix.Length..];
        }

        string lower = name.ToLowerInvariant();
        return lower is "any" ? lower : fields.FirstOrDefault(f => string.Equals(f, lower, StringComparison.OrdinalIgnoreCase));
    }

    private string PeekWord()
    {
        int end = _position;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        bool whole = end >= text.Length || char.IsWhiteSpace(text[end]) || text[end] is '(' or ')' or '"';
        return whole ? text[_position..end].ToLowerInvariant() : "";
    }

    private bool TakeKeyword(string keyword)
    {
        if (PeekWord() != keyword)
        {
            return false;
        }

        _position += keyword.Length;
        SkipSpace();
        return true;
    }

    private void SkipSpace()
    {
        while (!AtEnd && char.IsWhiteSpace(text[_position]))
        {
            _position++;
        }
    }

    private string Found() => AtEnd ? "the end" : $"'{text[_position]}'";

    private SelectorNode? Fail(int position, string message)
    {
        // The first error is the cause; what follows from it would only confuse.
        Error ??= new SelectorError(position, message);
        return null;
    }
}
