namespace Fleet.Server.Domain.Policies;

/// <summary>Maps a position inside a scalar's value back to line and column of the document, through quotes, escapes and folded lines.</summary>
internal static class SourcePositions
{
    public static (int Line, int Column) Find(string source, ScalarNode scalar, int position)
    {
        if (scalar.Block || scalar.Index >= source.Length)
        {
            return (scalar.Line, scalar.Column);
        }

        int index = scalar.Index;
        char quote = !scalar.Plain && source[index] is '"' or '\'' ? source[index] : '\0';
        index += quote is '\0' ? 0 : 1;
        for (int at = 0; at < position && index < source.Length; at++)
        {
            index = Step(source, index, quote);
        }

        return Place(source, scalar, Math.Min(index, source.Length));
    }

    /// <summary>The index behind the source text of one character of the value.</summary>
    private static int Step(string source, int index, char quote)
    {
        char current = source[index];
        if (quote is '\'' && current is '\'')
        {
            return index + 2;
        }

        if (quote is '"' && current is '\\' && index + 1 < source.Length)
        {
            return index + 2 + source[index + 1] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        }

        return char.IsWhiteSpace(current) ? StepOverFold(source, index) : index + 1;
    }

    // A line break within a flow scalar, with the blanks around it, is one space of the value.
    private static int StepOverFold(string source, int index)
    {
        int end = index;
        while (end < source.Length && char.IsWhiteSpace(source[end]))
        {
            end++;
        }

        return source.AsSpan(index, end - index).Contains('\n') ? end : index + 1;
    }

    private static (int Line, int Column) Place(string source, ScalarNode scalar, int index)
    {
        ReadOnlySpan<char> passed = source.AsSpan(scalar.Index, index - scalar.Index);
        int lastBreak = passed.LastIndexOf('\n');
        return lastBreak < 0
            ? (scalar.Line, scalar.Column + passed.Length)
            : (scalar.Line + passed.Count('\n'), passed.Length - lastBreak);
    }
}
