namespace Fleet.Agent.Attestation;

/// <summary>Why a job was refused for want of room.</summary>
internal enum EvidenceRefusal
{
    /// <summary>As much evidence waits for the server as may.</summary>
    Full,

    /// <summary>The disk has no room.</summary>
    Disk,
}
