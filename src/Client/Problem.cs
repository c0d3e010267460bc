using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>A problem document (RFC 9457) as this API writes it.</summary>
internal sealed record Problem
{
    public string? Title { get; init; }

    public string? Detail { get; init; }

    public string? Code { get; init; }

    public IReadOnlyList<Diagnostic>? Errors { get; init; }
}
