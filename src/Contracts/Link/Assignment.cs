namespace Fleet.Contracts;

/// <summary>Everything the server wants in force on a host.</summary>
/// <param name="Host">The host it is meant for; another host refuses it.</param>
/// <param name="Generation">Rises with every change; an agent refuses a generation below the one in force.</param>
/// <param name="Policies">The policies, by name.</param>
public sealed record Assignment(HostId Host, long Generation, IReadOnlyList<CompiledPolicy> Policies);
