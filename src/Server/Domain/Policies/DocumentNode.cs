namespace Fleet.Server.Domain.Policies;

/// <summary>A node of a parsed document with the place where it begins (line and column from 1). Closed: the types in this file are all.</summary>
internal abstract record DocumentNode(int Line, int Column);

/// <summary>A single value as written.</summary>
/// <param name="Index">Where its text begins in the source, from 0.</param>
/// <param name="Plain">True when it was written without quotes, so that 5, true and null mean more than their letters.</param>
/// <param name="Block">True when it was written as a block (| or >), whose lines are not mapped back to the source.</param>
internal sealed record ScalarNode(int Line, int Column, int Index, string Value, bool Plain, bool Block) : DocumentNode(Line, Column)
{
    public bool IsNull => Plain && Value is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed record SequenceNode(int Line, int Column, IReadOnlyList<DocumentNode> Items) : DocumentNode(Line, Column);

internal sealed record MappingNode(int Line, int Column, IReadOnlyList<(ScalarNode Key, DocumentNode Value)> Entries) : DocumentNode(Line, Column);

/// <summary>Something already reported; readers say nothing more about it.</summary>
internal sealed record BrokenNode(int Line, int Column) : DocumentNode(Line, Column);
