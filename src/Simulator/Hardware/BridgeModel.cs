namespace Fleet.Simulator.Hardware;

/// <summary>What makes a function a bridge: the buses behind it and the windows through it. An empty window is closed.</summary>
internal sealed record BridgeModel(byte Secondary, byte Subordinate, MemoryWindow Memory, MemoryWindow Prefetchable);
