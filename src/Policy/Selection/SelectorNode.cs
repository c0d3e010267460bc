namespace Fleet.Policy;

/// <summary>A node of a parsed selector. Closed: the types in this file are all there are, so that translators can be complete.</summary>
public abstract record SelectorNode
{
    private protected SelectorNode()
    {
    }
}

/// <summary>Matches everything: the empty selector.</summary>
public sealed record AllNode : SelectorNode;

/// <summary>Both sides match.</summary>
/// <param name="Left">The first side.</param>
/// <param name="Right">The second side.</param>
public sealed record AndNode(SelectorNode Left, SelectorNode Right) : SelectorNode;

/// <summary>One side at least matches.</summary>
/// <param name="Left">The first side.</param>
/// <param name="Right">The second side.</param>
public sealed record OrNode(SelectorNode Left, SelectorNode Right) : SelectorNode;

/// <summary>The operand does not match.</summary>
/// <param name="Operand">What must not match.</param>
public sealed record NotNode(SelectorNode Operand) : SelectorNode;

/// <summary>Compares a field with a value.</summary>
/// <param name="Field">The field in lower case; "any" for a bare word. What follows "label." keeps its case.</param>
/// <param name="Operator">How they are compared.</param>
/// <param name="Value">The value without its quotes.</param>
/// <param name="Literal">True when the value was quoted: * and ? stand for themselves.</param>
/// <param name="Position">Where the term begins in the text, from 0.</param>
public sealed record TermNode(string Field, SelectorOperator Operator, string Value, bool Literal, int Position) : SelectorNode
{
    /// <summary>True when * or ? in the value stand for other characters.</summary>
    public bool IsGlob => !Literal && Operator is SelectorOperator.Equal or SelectorOperator.NotEqual && Value.AsSpan().ContainsAny('*', '?');

    /// <summary>Whether one value of the field satisfies the term; for <see cref="SelectorOperator.NotEqual"/>, whether it is the value that must not be there.</summary>
    /// <param name="value">The value.</param>
    public bool MatchesValue(string value) => TermMatcher.MatchesOne(this, value);
}
