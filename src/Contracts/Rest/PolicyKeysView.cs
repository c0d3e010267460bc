namespace Fleet.Contracts;

/// <summary>The keys that sign assignments, and how far agents know them.</summary>
/// <param name="List">Number of the root's list of them; null while none was ever replaced, when each agent goes by the key it was given when it joined.</param>
/// <param name="Keys">The keys, oldest first.</param>
/// <param name="AgentsBehind">Agents that have not said that they have this list: away, or of an older version; null where that is not known.</param>
/// <param name="AgentsWithoutLists">Of those, agents of a version that takes no list: they obey the key they joined with alone; null where that is not known.</param>
public sealed record PolicyKeysView(long? List, IReadOnlyList<PolicyKeyView> Keys, int? AgentsBehind, int? AgentsWithoutLists);
