using Fleet.Contracts;

namespace Fleet.Server.Domain.Policies;

/// <summary>What reading a document came to: the document, or every error in document order.</summary>
internal sealed record PolicyReading(PolicyDocument? Document, IReadOnlyList<Diagnostic> Errors);
