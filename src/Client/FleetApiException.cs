using System.Net;
using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>The server answered that it will not, or could not be asked.</summary>
public sealed class FleetApiException : Exception
{
    public FleetApiException(HttpStatusCode? status, string code, string title, string? detail, Exception? cause = null)
        : base(detail is { Length: > 0 } ? $"{title}: {detail}" : title, cause)
    {
        Status = status;
        Code = code;
        Title = title;
        Detail = detail;
    }

    /// <summary>The code of a server that could not be reached, or did not answer in time.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The code of an answer that is no problem document and no expected body.</summary>
    public const string Unexpected = "unexpected";

    /// <summary>HTTP status; null when there was no answer.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>One of <see cref="ErrorCodes"/>, <see cref="Unreachable"/> or <see cref="Unexpected"/>.</summary>
    public string Code { get; }

    /// <summary>What went wrong, short.</summary>
    public string Title { get; }

    /// <summary>The cause and what to do; null when the title says it.</summary>
    public string? Detail { get; }

    /// <summary>Every error in the document or filter that was sent, with its position.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];
}
