namespace Fleet.Server.Live.Cell;

/// <summary>Another server leads: what this one was about to do as leader is left to it.</summary>
internal sealed class LeadershipLostException(long generation)
    : InvalidOperationException($"Another server has begun to lead since term {generation} began; this one leaves the work to it.");
