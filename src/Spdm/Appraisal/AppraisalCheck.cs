namespace Fleet.Spdm.Appraisal;

/// <summary>What an appraisal looks at; each is an attack, or an accident, if it is left out.</summary>
public enum AppraisalCheck
{
    /// <summary>Every request is the one that the plan makes of the responses before it.</summary>
    Plan,

    /// <summary>The nonces in the signed bytes are those made for this run, unused and in time.</summary>
    Nonce,

    /// <summary>The transcripts rebuilt from raw bytes are what the certified key signed.</summary>
    Transcript,

    /// <summary>The version is the best common one and not below any floor.</summary>
    Version,

    /// <summary>The offer is the plan's and the selection is strong enough.</summary>
    Algorithms,

    /// <summary>The responder can do, and still does, what is required of it.</summary>
    Capabilities,

    /// <summary>The chain leads to an anchor, keeps the rules for certificates, and is the one that was hashed.</summary>
    Chain,

    /// <summary>DIGESTS and CHALLENGE_AUTH agree on the slots, and none vanished.</summary>
    Slots,

    /// <summary>Every length agrees with what it measures, opaque data included.</summary>
    Lengths,

    /// <summary>The certificate is that of this device: its name, its pin, and nobody else's.</summary>
    Identity,

    /// <summary>Challenge and measurements belong together and nothing changed between them.</summary>
    Freshness,

    /// <summary>No secure version number went back.</summary>
    Rollback,

    /// <summary>The evidence is within its bounds.</summary>
    Bounds,

    /// <summary>The responder did not put its answers off too often.</summary>
    Waiting,

    /// <summary>No ERROR is hidden in the evidence.</summary>
    Errors,

    /// <summary>The measurements are those of the reference values.</summary>
    Measurements,

    /// <summary>The device says that it operates normally and is not being debugged.</summary>
    DeviceMode,
}
