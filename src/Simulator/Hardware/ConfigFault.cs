namespace Fleet.Simulator.Hardware;

/// <summary>What is wrong with the capability lists of a simulated function.</summary>
internal enum ConfigFault
{
    None,

    /// <summary>The first capability of each list leads back to itself.</summary>
    Loop,

    /// <summary>The extended list leads to where nothing answers: all ones.</summary>
    Truncated,
}
