namespace Fleet.Policy;

/// <summary>How a term compares a field with its value.</summary>
public enum SelectorOperator
{
    /// <summary>":" or "=": some value of the field is equal, or matches the glob.</summary>
    Equal,

    /// <summary>"!=": no value of the field is equal.</summary>
    NotEqual,

    /// <summary>"&lt;": some value is a number or time below.</summary>
    Less,

    /// <summary>"&lt;=": some value is a number or time not above.</summary>
    LessOrEqual,

    /// <summary>"&gt;": some value is a number or time above.</summary>
    Greater,

    /// <summary>"&gt;=": some value is a number or time not below.</summary>
    GreaterOrEqual,

    /// <summary>A bare word: some value of the field "any" contains it.</summary>
    Contains,
}
