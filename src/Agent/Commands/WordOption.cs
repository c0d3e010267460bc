using System.CommandLine;

namespace Fleet.Agent.Commands;

/// <summary>An option whose value is one of an enum's words as they are on the wire; "unknown" is for what others send, not for what people ask.</summary>
internal static class WordOption
{
    private const string Unknown = "unknown";

    public static Option<T> Create<T>(string name, string description, T otherwise)
        where T : struct, Enum
    {
        Dictionary<string, T> words = Enum.GetValues<T>().Select(v => (Word: Notation.Word(v), Value: v)).Where(v => v.Word is not Unknown)
            .ToDictionary(v => v.Word, v => v.Value, StringComparer.OrdinalIgnoreCase);
        Option<T> option = new(name)
        {
            Description = description,
            HelpName = string.Join('|', words.Keys),
            DefaultValueFactory = _ => otherwise,
            CustomParser = result =>
            {
                if (words.TryGetValue(result.Tokens[0].Value, out T value))
                {
                    return value;
                }

                result.AddError($"'{result.Tokens[0].Value}' is not one of {string.Join(", ", words.Keys)} ({name}).");
                return otherwise;
            },
        };
        option.CompletionSources.Add([.. words.Keys]);
        return option;
    }
}
