using Fleet.Contracts;

namespace Fleet.Server.Reconcile;

internal static partial class Log
{
    [LoggerMessage(3400, LogLevel.Information, "Rollout {Rollout}: revision {Revision} of policy {Policy} assigned to {Hosts} more hosts")]
    public static partial void Assigned(this ILogger logger, string rollout, string policy, int revision, int hosts);

    [LoggerMessage(3401, LogLevel.Information, "Rollout {Rollout} of policy {Policy}, revision {Revision}, is {Phase}: {Reason}")]
    public static partial void PhaseChanged(this ILogger logger, string rollout, string policy, int revision, RolloutPhase phase, string reason);

    [LoggerMessage(3402, LogLevel.Error, "Rollout number {Number} could not be taken further; it is tried again")]
    public static partial void StepFailed(this ILogger logger, long number, Exception error);

    [LoggerMessage(3403, LogLevel.Error, "The rollouts could not be looked through; it is tried again")]
    public static partial void PassFailed(this ILogger logger, Exception error);
}
