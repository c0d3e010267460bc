namespace Fleet.Contracts;

/// <summary>An assignment with the server's signature over exactly the bytes that the agent parses.</summary>
/// <param name="Tag">Entity tag: changes whenever the payload does.</param>
/// <param name="Payload">Base64 of the canonical JSON of an <see cref="Assignment"/>.</param>
/// <param name="Signature">Base64 of the ECDSA P-256/SHA-256 signature (IEEE P1363) over the payload's bytes.</param>
/// <param name="Keys">
/// The keys that sign assignments, as the root says it, with the one that signed this among them; taken before the assignment is judged, so that no
/// order of messages lets an agent refuse what is good. Null while none was ever replaced.
/// </param>
public sealed record SignedAssignment(string Tag, string Payload, string Signature, SignedPolicyKeys? Keys = null);
