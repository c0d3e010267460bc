namespace Fleet.Pci.Capabilities;

/// <summary>
/// Finds the capabilities of a function. Every pointer comes from the device and may be wrong: a walk always ends,
/// keeps what it found, and says what was odd. It reads only header dwords (and the length dword of vendor-specific
/// ones), each as one aligned dword.
/// </summary>
public static class CapabilityWalk
{
    /// <summary>Walks both chains. Never throws for what a device answers.</summary>
    public static CapabilityList Walk(IConfigSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        WalkState state = new(space);
        ConfigStatus status = space.ReadDword(0, out uint identity);
        ConfigStatus second = space.ReadDword(ConfigHeader.CommandStatus, out uint commandStatus);
        if (status is not ConfigStatus.Done || second is not ConfigStatus.Done)
        {
            ConfigStatus reason = status is ConfigStatus.Done ? second : status;
            state.Add(WalkFindingKind.Unreadable, 0, $"The header could not be read: {reason}.");
        }
        else if (identity is DwordAccess.AllOnes && commandStatus is DwordAccess.AllOnes)
        {
            // Vendor and device alone read as ones on a virtual function; its command and status do not.
            state.Add(WalkFindingKind.Unreadable, 0, "The header reads all ones: the function is absent, asleep or in reset.");
        }
        else
        {
            ConventionalChain.Walk(state, commandStatus);
            ExtendedChain.Walk(state, identity);
        }

        return state.Finish();
    }
}
