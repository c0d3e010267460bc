using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Fleet.Server.Http;

/// <summary>Versions as strong entity tags: "7".</summary>
internal static class EntityTag
{
    public static void Write(HttpResponse response, long version) =>
        response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Checks If-Match against the version that a change would replace.</summary>
    /// <returns>Null when the change may go on; else 428 or 412.</returns>
    public static ProblemHttpResult? Check(HttpRequest request, long version, string what)
    {
        IList<EntityTagHeaderValue> tags = request.GetTypedHeaders().IfMatch;
        if (tags.Count is 0)
        {
            return Problems.PreconditionRequired($"Changing {what} needs If-Match with the ETag of the version you read; GET it first.");
        }

        string current = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
        return tags.Any(tag => !tag.IsWeak && (tag.Tag == current || tag.Tag == "*"))
            ? null
            : Problems.Stale($"{what} changed since you read it (its ETag is {current} now); GET it again and repeat the change.");
    }
}
