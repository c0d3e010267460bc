using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>One request and its answer; turns every way of failing into <see cref="FleetApiException"/>.</summary>
internal sealed class Exchange(HttpClient http)
{
    public async Task SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using HttpResponseMessage response = await AnswerAsync(request, ct);
    }

    public async Task<Tagged<T>> SendAsync<T>(HttpRequestMessage request, CancellationToken ct)
    {
        using HttpResponseMessage response = await AnswerAsync(request, ct);
        try
        {
            T value = await response.Content.ReadFromJsonAsync<T>(FleetJson.Options, ct)
                ?? throw Unexpected(response.StatusCode, request, "the body is null", null);
            return new Tagged<T>(value, response.Headers.ETag?.ToString() ?? "");
        }
        catch (JsonException e)
        {
            throw Unexpected(response.StatusCode, request, e.Message, e);
        }
    }

    public async Task<byte[]> SendForBytesAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using HttpResponseMessage response = await AnswerAsync(request, ct);
        return await response.Content.ReadAsByteArrayAsync(ct);
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken ct)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, ct);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e.Message, e);
        }
        catch (TaskCanceledException e) when (!ct.IsCancellationRequested)
        {
            // HttpClient reports its own timeout as a cancellation.
            throw Unreachable($"no answer within {http.Timeout.TotalSeconds:0} s", e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await RefusalAsync(response, ct);
        }
    }

    private static async Task<FleetApiException> RefusalAsync(HttpResponseMessage response, CancellationToken ct)
    {
        Problem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
        {
            try
            {
                problem = await response.Content.ReadFromJsonAsync<Problem>(FleetJson.Options, ct);
            }
            catch (JsonException)
            {
                // A proxy's page under a wrong type: the status still says enough.
            }
        }

        string title = problem?.Title ?? $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        return new FleetApiException(response.StatusCode, problem?.Code ?? CodeOf(response.StatusCode), title, problem?.Detail)
        {
            Diagnostics = problem?.Errors ?? [],
        };
    }

    private static string CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => ErrorCodes.Invalid,
        HttpStatusCode.Unauthorized => ErrorCodes.Unauthenticated,
        HttpStatusCode.Forbidden => ErrorCodes.Forbidden,
        HttpStatusCode.NotFound => ErrorCodes.NotFound,
        HttpStatusCode.Conflict => ErrorCodes.Conflict,
        HttpStatusCode.PreconditionFailed => ErrorCodes.Stale,
        HttpStatusCode.PreconditionRequired => ErrorCodes.PreconditionRequired,
        HttpStatusCode.TooManyRequests => ErrorCodes.TooMany,
        _ => FleetApiException.Unexpected,
    };

    private static FleetApiException Unreachable(string detail, Exception cause) =>
        new(null, FleetApiException.Unreachable, "The server cannot be reached", detail, cause);

    private static FleetApiException Unexpected(HttpStatusCode status, HttpRequestMessage request, string detail, Exception? cause) =>
        new(status, FleetApiException.Unexpected, $"The answer to {request.Method} {request.RequestUri} was not understood", detail, cause);
}
