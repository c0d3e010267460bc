namespace Fleet.Server.Data;

/// <summary>The life of an agent's certificate. Stored by number: new ones go to the end.</summary>
internal enum CertificateState
{
    /// <summary>Handed out and not seen since.</summary>
    Issued,

    /// <summary>Its agent has come in with it.</summary>
    Used,

    /// <summary>A successor with another key was used: whoever shows this one now is not the host.</summary>
    Superseded,
}
