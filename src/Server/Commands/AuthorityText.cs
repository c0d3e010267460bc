using System.Globalization;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Server.Commands;

/// <summary>The authority as text, for people and for programs.</summary>
internal static class AuthorityText
{
    private static readonly JsonSerializerOptions Indented = new(FleetJson.Options) { WriteIndented = true };

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, Indented);

    public static string Describe(AuthorityView view)
    {
        StringBuilder text = new();
        text.AppendLine($"root          SHA-256 {view.Root}");
        text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"              expires {view.RootExpires.UtcDateTime:yyyy-MM-dd}, its key is {(view.RootKeyHere ? "in the data directory" : "kept elsewhere")}"));
        foreach (IntermediateView one in view.Intermediates)
        {
            string agents = one.Agents switch
            {
                null => "agents not known, no server runs here",
                1 => "1 agent",
                _ => string.Create(CultureInfo.InvariantCulture, $"{one.Agents} agents"),
            };
            string state = one.Issues ? "activated, issues" : one.State;
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture, $"intermediate  {one.Number}  {state} since {one.Since.UtcDateTime:yyyy-MM-dd HH:mm}, expires {one.Expires.UtcDateTime:yyyy-MM-dd}, {agents}"));
        }

        return view.PolicyKeys is { } keys ? text.Append(Describe(keys)).ToString() : text.ToString().TrimEnd();
    }

    public static string Describe(PolicyKeysView view)
    {
        StringBuilder text = new();
        foreach (PolicyKeyView key in view.Keys)
        {
            string state = key.Signs ? "activated, signs" : key.State;
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture, $"policy key    {key.Number}  {key.Name}  {state} since {key.Since.UtcDateTime:yyyy-MM-dd HH:mm}, {(key.Counts ? "agents believe it" : "agents refuse it")}"));
        }

        string behind = view.AgentsBehind switch
        {
            null => "how many agents have it is not known, no server runs here",
            0 => "every agent has it",
            1 => "1 agent has yet to get it",
            _ => string.Create(CultureInfo.InvariantCulture, $"{view.AgentsBehind} agents have yet to get it"),
        };
        string old = view.AgentsWithoutLists is > 0 ? string.Create(CultureInfo.InvariantCulture, $", {view.AgentsWithoutLists} of an older version that takes none") : "";
        text.Append(view.List is { } list ? string.Create(CultureInfo.InvariantCulture, $"              list {list} of the root: {behind}{old}") : "              never replaced: agents go by the key they joined with");
        return text.ToString();
    }
}
