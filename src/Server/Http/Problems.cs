using Fleet.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Http;

/// <summary>Answers for what went wrong: problem+json (RFC 9457) with a stable code. The detail names what happened, to what, and what to do.</summary>
internal static class Problems
{
    public static ProblemHttpResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, detail);

    public static ProblemHttpResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, ErrorCodes.Conflict, detail);

    public static ProblemHttpResult Stale(string detail) => Of(StatusCodes.Status412PreconditionFailed, ErrorCodes.Stale, detail);

    public static ProblemHttpResult PreconditionRequired(string detail) =>
        Of(StatusCodes.Status428PreconditionRequired, ErrorCodes.PreconditionRequired, detail);

    public static ProblemHttpResult Forbidden(string code, string detail) => Of(StatusCodes.Status403Forbidden, code, detail);

    /// <summary>The principal lacks a scope that this needs beside that of the endpoint.</summary>
    public static ProblemHttpResult ScopeMissing(string scope, string detail) => TypedResults.Problem(
        detail, statusCode: StatusCodes.Status403Forbidden, extensions: new Dictionary<string, object?> { ["code"] = ErrorCodes.ScopeMissing, ["scope"] = scope });

    public static ProblemHttpResult Invalid(string detail, params IReadOnlyList<Diagnostic> errors) =>
        Of(StatusCodes.Status400BadRequest, ErrorCodes.Invalid, detail, errors);

    /// <summary>A q filter that does not parse.</summary>
    /// <param name="position">Where, in characters from 0.</param>
    /// <param name="message">What was found and what was expected.</param>
    public static ProblemHttpResult InvalidFilter(int position, string message) => Of(
        StatusCodes.Status400BadRequest,
        ErrorCodes.InvalidFilter,
        $"The filter q has an error at character {position + 1}: {message}",
        [new Diagnostic(1, position + 1, "", message)],
        position);

    public static ProblemHttpResult Of(
        int status, string code, string detail, IReadOnlyList<Diagnostic>? errors = null, int? position = null)
    {
        Dictionary<string, object?> extensions = new() { ["code"] = code };
        if (errors is { Count: > 0 })
        {
            extensions["errors"] = errors;
        }

        if (position is not null)
        {
            extensions["position"] = position;
        }

        return TypedResults.Problem(detail, statusCode: status, extensions: extensions);
    }
}
