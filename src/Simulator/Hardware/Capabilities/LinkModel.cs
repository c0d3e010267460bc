namespace Fleet.Simulator.Hardware.Capabilities;

/// <summary>A link as PCI Express encodes it: speed 1 is 2.5 GT/s, 3 is 8, 4 is 16, 5 is 32; width is the number of lanes.</summary>
internal readonly record struct LinkModel(byte Speed, byte Width);
