using System.CommandLine;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>An option whose value is one of an enum's words as they are on the wire; "unknown" is for what others send, not for what people ask.</summary>
internal static class WordOption
{
    private const string Unknown = "unknown";

    public static Option<T> Create<T>(string name, string description, T otherwise)
        where T : struct, Enum
    {
        Option<T> option = Describe<T, T>(name, description, value => value);
        option.DefaultValueFactory = _ => otherwise;
        return option;
    }

    /// <summary>One without a default.</summary>
    public static Option<T?> CreateOptional<T>(string name, string description)
        where T : struct, Enum => Describe<T, T?>(name, description, value => value);

    private static Option<TValue> Describe<T, TValue>(string name, string description, Func<T, TValue> convert)
        where T : struct, Enum
    {
        Dictionary<string, T> words = Enum.GetValues<T>().Select(v => (Word: Word(v), Value: v)).Where(v => v.Word is not Unknown)
            .ToDictionary(v => v.Word, v => v.Value, StringComparer.OrdinalIgnoreCase);
        Option<TValue> option = new(name)
        {
            Description = description,
            HelpName = string.Join('|', words.Keys),
            CustomParser = result =>
            {
                if (words.TryGetValue(result.Tokens[0].Value, out T value))
                {
                    return convert(value);
                }

                result.AddError($"'{result.Tokens[0].Value}' is not one of {string.Join(", ", words.Keys)} ({name}).");
                return default;
            },
        };
        option.CompletionSources.Clear(); // the names of the enum
        option.CompletionSources.Add([.. words.Keys]);
        return option;
    }

    // An enum that goes over no wire has no words of its own.
    private static string Word<T>(T value)
        where T : struct, Enum => typeof(T).Assembly == typeof(FleetJson).Assembly ? FleetJson.Word(value) : value.ToString().ToLowerInvariant();
}
