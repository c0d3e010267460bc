using Fleet.Contracts;
using Microsoft.AspNetCore.Http.Features;

namespace Fleet.Agent.Local;

/// <summary>What the routes of the local API have in common: each is mapped with its rule and with the most its body may have.</summary>
internal static class LocalRoute
{
    /// <summary>Enough for every request but an exchange.</summary>
    public const int SmallBody = 64 * 1024;

    public static void For(this RouteHandlerBuilder route, LocalRule rule, int largestBody = SmallBody) => route.WithMetadata(rule, new LargestBody(largestBody));

    /// <summary>Lets a request through when its route's rule allows its sender, and answers failures as problems.</summary>
    public static async Task GuardAsync(HttpContext context, RequestDelegate next, ILogger log)
    {
        try
        {
            IResult? refused = Refuse(context);
            await (refused is null ? next(context) : refused.ExecuteAsync(context));
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(context, LocalAnswers.Problem(ErrorCodes.Invalid, (e.InnerException ?? e).Message, e.StatusCode));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LocalRequestFailed(context.Request.Path, e);
            await AnswerAsync(context, LocalAnswers.Problem(ErrorCodes.Internal, "The agent failed; its log says where."));
        }
    }

    private static Task AnswerAsync(HttpContext context, IResult problem) =>
        context.Response.HasStarted ? Task.CompletedTask : problem.ExecuteAsync(context);

    private static IResult? Refuse(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            return LocalAnswers.Problem(
                ErrorCodes.NotFound, $"The local API has no {context.Request.Method} {context.Request.Path}; docs/how-to/local-api.md lists what it has.");
        }

        LocalPeer peer = LocalPeer.Of(context);
        context.Items[typeof(LocalPeer)] = peer;
        if (endpoint.Metadata.OfType<LocalRule>().Cast<LocalRule?>().FirstOrDefault() is not { } rule || !peer.May(rule))
        {
            return LocalAnswers.Problem(
                ErrorCodes.Forbidden, $"{context.Request.Method} {context.Request.Path} is for root; {peer.Caller.Comm} (pid {peer.Caller.Pid}) runs as user {peer.Caller.Uid}.");
        }

        int most = endpoint.Metadata.GetMetadata<LargestBody>()?.Bytes ?? 0;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = most;
        }

        return context.Request.ContentLength > most
            ? LocalAnswers.Problem(
                ErrorCodes.Invalid, $"The body has {context.Request.ContentLength} bytes; {context.Request.Path} takes at most {most}.", StatusCodes.Status413PayloadTooLarge)
            : null;
    }

    /// <summary>Who asks, as the guard found out.</summary>
    public static LocalPeer Peer(this HttpContext context) => (LocalPeer)context.Items[typeof(LocalPeer)]!;

    private sealed record LargestBody(int Bytes);
}
