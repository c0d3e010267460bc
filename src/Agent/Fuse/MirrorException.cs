namespace Fleet.Agent.Fuse;

/// <summary>The mirror could not be mounted: says what failed and what to do.</summary>
internal sealed class MirrorException(string message) : IOException(message);
