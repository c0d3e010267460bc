namespace Fleet.Simulator.Load.Link;

/// <summary>A message of the server's; what its type has no use for stays null.</summary>
internal struct HubMessage
{
    public int Type;
    public int? Id;
    public string? Target;
    public string? Error;

    /// <summary>JSON of a result or of a list of arguments; a slice of what was received.</summary>
    public ReadOnlyMemory<byte> Body;
}
