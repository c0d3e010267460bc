namespace Fleet.Server.Data.Attestation;

/// <summary>A revision of reference values. Immutable; one without a document says that they were deleted.</summary>
internal sealed class ReferenceRow
{
    public required string Name { get; init; }

    public int Number { get; init; }

    public string? Document { get; init; }

    public required string Author { get; init; }

    /// <summary>The import key whose signature the document came with; null when an operator put it.</summary>
    public string? SignedBy { get; init; }

    public DateTimeOffset Created { get; init; }
}
