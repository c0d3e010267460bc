using Fleet.Contracts;

namespace Fleet.Server.Domain.Rollouts;

/// <summary>One thing to do about a rollout. Closed: the types in this file are all there are.</summary>
internal abstract record RolloutAction;

/// <summary>Takes a host that came later into a wave.</summary>
internal sealed record JoinAction(HostId Host, string Name, int Wave) : RolloutAction;

/// <summary>Wants the revision on a host, or the policy off it; the only action that reaches beyond the rollout.</summary>
internal sealed record AssignAction(HostId Host, bool Wanted) : RolloutAction;

/// <summary>Notes how far a host is.</summary>
internal sealed record MarkAction(HostId Host, TargetPhase Phase, string? Note) : RolloutAction;

/// <summary>Begins to watch the wave.</summary>
internal sealed record BakeAction : RolloutAction;

/// <summary>Goes on to the next wave.</summary>
internal sealed record AdvanceAction : RolloutAction;

/// <summary>Stops until somebody resumes.</summary>
internal sealed record PauseAction(string Reason) : RolloutAction;

/// <summary>All waves are done. The rollout goes on to serve hosts that come later.</summary>
internal sealed record CompleteAction(string Reason) : RolloutAction;
