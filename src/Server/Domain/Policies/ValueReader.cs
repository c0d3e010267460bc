using System.Globalization;
using Fleet.Policy;

namespace Fleet.Server.Domain.Policies;

/// <summary>Reads values out of a parsed document and notes everything that is wrong with them. Null means: noted, go on.</summary>
internal sealed class ValueReader(DiagnosticList errors, string source)
{
    public DiagnosticList Errors => errors;

    /// <summary>A mapping with these keys; each other key is an error, and one that a later version will know is called that.</summary>
    public FieldMap? Map(Field field, IReadOnlyList<string> keys, IReadOnlyList<string>? notYet = null)
    {
        if (field.Node is not MappingNode mapping)
        {
            Wrong(field, $"a mapping with {List(keys, "and")}");
            return null;
        }

        foreach ((ScalarNode key, _) in mapping.Entries)
        {
            string path = DocumentParser.Join(field.Path, key.Value);
            if (notYet?.Contains(key.Value) is true)
            {
                errors.Add(key, path, $"'{key.Value}' is not supported by this version; remove it.");
            }
            else if (!keys.Contains(key.Value))
            {
                errors.Add(key, path, $"'{Clip(key.Value)}' is not a key here.{Suggestion.For(key.Value, keys)} Known are {List(keys, "and")}.");
            }
        }

        return new FieldMap(mapping, field.Path);
    }

    /// <summary>A value that must be there.</summary>
    public Field? Need(FieldMap map, string key, string what)
    {
        Field? field = map.Find(key);
        if (field is null)
        {
            errors.Add(map.Node, DocumentParser.Join(map.Path, key), $"'{key}' is missing; expected {what}.");
        }

        return field;
    }

    /// <summary>A list; every item is read, so that each reports its own errors.</summary>
    public List<T>? Each<T>(Field field, int most, string what, Func<Field, T?> read)
        where T : class
    {
        if (field.Node is not SequenceNode sequence)
        {
            Wrong(field, $"a list of {what}");
            return null;
        }

        if (sequence.Items.Count > most)
        {
            errors.Add(field.Node, field.Path, $"The list has {sequence.Items.Count} {what}; at most {most} are accepted.");
            return null;
        }

        List<T> values = [.. sequence.Items.Select((item, index) => read(field.Item(item, index))).OfType<T>()];
        return values.Count == sequence.Items.Count ? values : null;
    }

    public string? Text(Field field, int most)
    {
        if (field.Node is not ScalarNode scalar || scalar.IsNull)
        {
            Wrong(field, "text");
            return null;
        }

        if (scalar.Value.Length > most)
        {
            errors.Add(scalar, field.Path, $"The text has {scalar.Value.Length} characters; at most {most} are accepted.");
            return null;
        }

        // Quoted escapes can make control characters out of clean text.
        if (scalar.Value.Any(character => char.IsControl(character) && character is not '\n'))
        {
            errors.Add(scalar, field.Path, "The text contains a control character; remove it.");
            return null;
        }

        return scalar.Value;
    }

    public long? Integer(Field field, long least, long most)
    {
        string expected = $"a whole number from {least} to {most} (decimal, or hexadecimal with 0x)";
        if (field.Node is not ScalarNode { Plain: true, IsNull: false } scalar || !TryInteger(scalar.Value, out long value))
        {
            Wrong(field, expected);
            return null;
        }

        if (value < least || value > most)
        {
            errors.Add(scalar, field.Path, $"{Clip(scalar.Value)} is out of range; expected {expected}.");
            return null;
        }

        return value;
    }

    /// <summary>A time such as 250ms or 2s, in milliseconds, at least 1.</summary>
    public int? Milliseconds(Field field, int most)
    {
        string expected = $"a time from 1ms to {most / 1000}s, such as 250ms or 2s";
        if (field.Node is not ScalarNode { Plain: true, IsNull: false } scalar || !TryMilliseconds(scalar.Value, out long value))
        {
            Wrong(field, expected);
            return null;
        }

        if (value < 1 || value > most)
        {
            errors.Add(scalar, field.Path, $"{Clip(scalar.Value)} is out of range; expected {expected}.");
            return null;
        }

        return (int)value;
    }

    public bool? Flag(Field field)
    {
        if (field.Node is ScalarNode { Plain: true, Value: "true" or "false" } scalar)
        {
            return scalar.Value is "true";
        }

        Wrong(field, "true or false");
        return null;
    }

    /// <summary>One of a few words; a word that a later version will know is called that.</summary>
    public T? Word<T>(Field field, IReadOnlyDictionary<string, T> words, params IReadOnlyList<string> notYet)
        where T : struct
    {
        string expected = List([.. words.Keys], "or");
        if (field.Node is not ScalarNode scalar || scalar.IsNull)
        {
            Wrong(field, expected);
            return null;
        }

        if (words.TryGetValue(scalar.Value, out T value))
        {
            return value;
        }

        errors.Add(scalar, field.Path, notYet.Contains(scalar.Value)
            ? $"'{scalar.Value}' is not supported by this version; expected {expected}."
            : $"'{Clip(scalar.Value)}' is not known; expected {expected}.{Suggestion.For(scalar.Value, words.Keys)}");
        return null;
    }

    /// <summary>A selector; its error is placed where it stands in the document.</summary>
    public Selector? Selector(Field field, IReadOnlyList<string> fields)
    {
        if (Text(field, Fleet.Policy.Selector.MaxLength) is not { } text)
        {
            return null;
        }

        if (Fleet.Policy.Selector.TryParse(text, fields, out Selector? selector, out SelectorError? error))
        {
            return selector;
        }

        (int line, int column) = SourcePositions.Find(source, (ScalarNode)field.Node, error.Value.Position);
        errors.Add(line, column, field.Path, error.Value.Message);
        return null;
    }

    public void Wrong(Field field, string expected)
    {
        string? found = field.Node switch
        {
            MappingNode => "a mapping",
            SequenceNode => "a list",
            ScalarNode { IsNull: true } => "nothing",
            ScalarNode { Plain: true } scalar => $"'{Clip(scalar.Value)}'",
            ScalarNode scalar => $"the text \"{Clip(scalar.Value)}\"",
            _ => null,
        };
        if (found is not null)
        {
            errors.Add(field.Node, field.Path, $"Found {found}; expected {expected}.");
        }
    }

    public static string Clip(string text) => text.Length <= 60 ? text.ReplaceLineEndings(" ") : string.Concat(text.AsSpan(0, 60), "…").ReplaceLineEndings(" ");

    // Octal by a leading zero is refused rather than guessed: YAML 1.1 and 1.2 differ on it.
    private static bool TryInteger(string text, out long value)
    {
        value = 0;
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value >= 0
            : !(text.TrimStart('-', '+') is ['0', _, ..])
              && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    private static bool TryMilliseconds(string text, out long value)
    {
        (string digits, int unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 1)
            : text.EndsWith('s') ? (text[..^1], 1000)
            : ("", 0);
        bool read = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= int.MaxValue;
        value = read ? value * unit : 0;
        return read;
    }

    private static string List(IReadOnlyList<string> words, string last) =>
        words.Count is 1 ? words[0] : $"{string.Join(", ", words.Take(words.Count - 1))} {last} {words[^1]}";
}
