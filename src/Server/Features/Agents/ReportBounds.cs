using System.Text.Json;

namespace Fleet.Server.Features.Agents;

/// <summary>
/// One walk over a report as it will be stored, so that what a later version adds is bounded too: every text, list and object in it. Texts that people read
/// may be long and have line breaks; all others are names.
/// </summary>
internal static class ReportBounds
{
    /// <summary>Of a sentence.</summary>
    public const int LongestText = 8192;
    private const int LongestName = 256;
    private const int LongestBytes = 8192; // Of a whole configuration space, in hexadecimal.
    private const int MostItems = 16_384;
    private const int MostMembers = 64;

    private static readonly HashSet<string> Texts =
        ["why", "covers", "reduced", "findings", "ownerReason", "discoveryNote", "rejected", "spoolTrouble", "reason", "holder"];

    /// <returns>Null when all is within bounds; else what is not, for the agent's log.</returns>
    public static string? Check(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        Stack<Level> levels = new();
        string name = "";
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName)
            {
                name = reader.GetString()!;
                if (++levels.Peek().Count > MostMembers || !IsName(name))
                {
                    return $"an object of {levels.Peek().Name} has more than {MostMembers} members, or one with a name that is none";
                }

                continue;
            }

            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                name = levels.Pop().Name;
                continue;
            }

            // A value: of a member that has just been named, or of a list.
            if (levels.TryPeek(out Level? list) && list.IsList && (++list.Count > MostItems || reader.TokenType is JsonTokenType.Null))
            {
                return $"{list.Name} holds null, or more than {MostItems}";
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                levels.Push(new Level(name, reader.TokenType is JsonTokenType.StartArray));
            }
            else if (reader.TokenType is JsonTokenType.String && !Fits(name, reader.GetString()!))
            {
                return $"{name} is too long, or has control characters";
            }
        }

        return null;
    }

    private static bool Fits(string name, string text) => name switch
    {
        "hex" => text.Length <= LongestBytes && text.All(char.IsAscii) && !text.Any(char.IsControl),
        _ when Texts.Contains(name) => text.Length <= LongestText && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')),
        _ => IsName(text),
    };

    private static bool IsName(string text) => text.Length <= LongestName && !text.Any(char.IsControl);

    private sealed class Level(string name, bool list)
    {
        public string Name => name;

        public bool IsList => list;

        public int Count { get; set; }
    }
}
