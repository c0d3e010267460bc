using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Fleet.Testing;

/// <summary>Messages of the link as other versions speak them: frozen files of the previous one, and what a later one may add.</summary>
public static class WireMessages
{
    /// <summary>The protocol whose messages are frozen.</summary>
    public const int Previous = 3;

    /// <summary>The oldest protocol whose messages are frozen.</summary>
    public const int Oldest = 2;

    /// <summary>A message of an earlier protocol, every member set, as its golden file was when that protocol was spoken.</summary>
    public static JsonObject Of(int version, string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(version), $"{name}.json")))!.AsObject();

    /// <summary>A message of the previous protocol.</summary>
    public static JsonObject OfPrevious(string name) => Of(Previous, name);

    /// <summary>The frozen messages.</summary>
    public static IEnumerable<(int Version, string Name)> Frozen => Enumerable.Range(Oldest, Previous - Oldest + 1)
        .SelectMany(version => Directory.GetFiles(Folder(version)).Select(file => (version, Path.GetFileNameWithoutExtension(file)!)));

    /// <summary>Adds a member that nobody knows to every object, as a later version would. Dictionaries are left alone: their keys are data.</summary>
    public static T Later<T>(T node)
        where T : JsonNode
    {
        Add(node);
        return node;
    }

    /// <summary>Fails unless a message has every member that its frozen file has, of the same kind. A member may be left out where it may be null.</summary>
    public static void MustFit(string name, JsonNode? actual, params string[] nullable)
    {
        foreach ((string member, JsonNode? frozen) in OfPrevious(name))
        {
            JsonNode? given = actual?[member];
            if (given is null && nullable.Contains(member))
            {
                continue;
            }

            if (given is null || given.GetValueKind() is var kind && kind != frozen!.GetValueKind() && !(IsTruth(kind) && IsTruth(frozen.GetValueKind())))
            {
                throw new InvalidOperationException($"{name}.{member} is {given?.ToJsonString() ?? "missing"}: version {Previous} reads {frozen!.ToJsonString()}.");
            }
        }
    }

    private static bool IsTruth(System.Text.Json.JsonValueKind kind) => kind is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False;

    private static void Add(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray array:
                foreach (JsonNode? item in array)
                {
                    Add(item);
                }

                break;
            case JsonObject members when !members.ContainsKey("key"):
                foreach ((_, JsonNode? member) in members.ToArray())
                {
                    Add(member);
                }

                members["addedLater"] = new JsonObject { ["deep"] = new JsonArray(1, "two", null) };
                break;
        }
    }

    private static string Folder(int version, [CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "..", "Contracts.Tests", "golden", $"v{version}");
}
