using Fleet.Contracts;

namespace Fleet.Agent.Local;

/// <summary>Answers of the local API: a value, or a problem with a status that says which sort.</summary>
internal static class LocalAnswers
{
    public static IResult Value<T>(T value) => Results.Json(value, AgentJson.Type<T>());

    public static IResult List<T>(IEnumerable<T> values) => Value<T[]>([.. values]);

    public static IResult Problem(string? code, string detail, int? otherwise = null)
    {
        int status = otherwise ?? code switch
        {
            ErrorCodes.NotFound => 404,
            ErrorCodes.Forbidden => 403,
            ErrorCodes.ClaimHeld or ErrorCodes.Conflict => 409,
            ErrorCodes.TooMany => 429,
            ErrorCodes.Internal => 500,
            _ => 400,
        };
        return Results.Json(new LocalProblem(code ?? ErrorCodes.Invalid, detail), AgentJson.Type<LocalProblem>(), "application/problem+json", status);
    }
}
