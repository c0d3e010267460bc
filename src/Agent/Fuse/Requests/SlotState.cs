namespace Fleet.Agent.Fuse.Requests;

/// <summary>How far a request in shared memory has come. Written before the step it names, so that a killed agent never got further.</summary>
internal enum SlotState
{
    Free,

    /// <summary>Handed to the kernel to read into; a request whose header is there has not been begun.</summary>
    Reading,

    /// <summary>Begun: of a write nobody knows whether it reached the function.</summary>
    Begun,

    /// <summary>Carried out; its result is beside it and may not have been sent.</summary>
    Done,
}
