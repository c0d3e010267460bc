// What an endpoint's document says that its handler's types do not: called at its mapping, read by ApiOperations, held against real answers by the tests.
using Fleet.Contracts;

namespace Fleet.Server.Http.OpenApi;

/// <summary>Whether a change takes the tag of what it changes.</summary>
internal enum TagUse
{
    /// <summary>It is refused without.</summary>
    Needed,

    /// <summary>It is honoured where it is given.</summary>
    Honoured,

    /// <summary>Needed where the thing exists; If-None-Match: * says that it must not.</summary>
    NeededOrNew,

    /// <summary>Needed where there is something that would be lost.</summary>
    NeededWhenThere,
}

/// <summary>On an endpoint: it answers with the tag.</summary>
internal sealed record GivesTag;

/// <summary>On an endpoint: its body is a document that the handler reads by itself.</summary>
internal sealed record DocumentBody(string MediaType);

/// <summary>On an endpoint: it is refused for a reason of its own with these.</summary>
internal sealed record Refusals(IReadOnlyList<int> Statuses);

/// <summary>On an endpoint: a header that it reads.</summary>
internal sealed record HeaderUse(string Name, bool Required, string Meaning);

internal static class Described
{
    /// <summary>Answered by nobody: where a plan waits to be put beside the answer of 200.</summary>
    public const int PlanStatus = 299;

    /// <summary>A read of what is changed with its tag.</summary>
    public static RouteHandlerBuilder Tagged(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new GivesTag());

    /// <summary>A change that takes a tag, and is refused with 412 and 428.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, TagUse use)
    {
        endpoint.WithMetadata(new HeaderUse("If-Match", use is TagUse.Needed, use switch
        {
            TagUse.Needed => "ETag of what is changed, as it was read",
            TagUse.NeededOrNew or TagUse.NeededWhenThere => "ETag of what is changed, as it was read; needed when it exists",
            _ => "ETag of what is changed, as it was read; the change is refused when it is another",
        }));
        return use switch
        {
            TagUse.Needed or TagUse.NeededWhenThere => endpoint.Refuses(StatusCodes.Status412PreconditionFailed, StatusCodes.Status428PreconditionRequired),
            TagUse.NeededOrNew => endpoint.Refuses(StatusCodes.Status412PreconditionFailed, StatusCodes.Status428PreconditionRequired)
                .WithMetadata(new HeaderUse("If-None-Match", false, "*: refuse when it exists")),
            _ => endpoint.Refuses(StatusCodes.Status412PreconditionFailed),
        };
    }

    /// <summary>A header that a caller may send.</summary>
    public static RouteHandlerBuilder TakesHeader(this RouteHandlerBuilder endpoint, string name, string meaning) => endpoint.WithMetadata(new HeaderUse(name, false, meaning));

    /// <summary>A body that is a document.</summary>
    public static RouteHandlerBuilder TakesDocument(this RouteHandlerBuilder endpoint, string mediaType) => endpoint.WithMetadata(new DocumentBody(mediaType));

    /// <summary>With dryRun=true the answer is a plan. A status has one type where endpoints declare them, so it waits under one of its own.</summary>
    public static RouteHandlerBuilder Plans<T>(this RouteHandlerBuilder endpoint)
        where T : class => endpoint.Produces<PlanView<T>>(PlanStatus);

    /// <summary>Statuses of problems beside those that follow from what it takes and needs.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statuses) => endpoint.WithMetadata(new Refusals(statuses));
}
