namespace Fleet.Contracts;

/// <summary>
/// The keys by which agents know assignments from now on, as the offline root says it. Without such a list an agent goes by the key that it was given when it
/// joined (<see cref="EnrollReply.PolicyKey"/>); with one, by the list alone.
/// </summary>
/// <param name="Number">Rises with every list of a root, with gaps; an agent takes no lower one than it has. Above 0.</param>
/// <param name="Keys">The public keys that count, base64 of SubjectPublicKeyInfo (ECDSA P-256), 1 to <see cref="MostKeys"/>: during a replacement the old one and the new.</param>
/// <param name="Retired">Public keys that counted before, so that an agent can say which one an assignment was signed with. At most <see cref="MostRetired"/>, the newest.</param>
public sealed record PolicyKeyList(long Number, IReadOnlyList<string> Keys, IReadOnlyList<string> Retired)
{
    /// <summary>Most keys that count at a time.</summary>
    public const int MostKeys = 8;

    /// <summary>Most retired keys that a list names.</summary>
    public const int MostRetired = 32;
}
