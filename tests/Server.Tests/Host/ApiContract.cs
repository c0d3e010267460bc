using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fleet.Server.Tests.Host;

/// <summary>
/// Holds every answer of the API that any of these tests gets against the OpenAPI document: its status, its type, and for a good answer the parameters that
/// were sent. What the document does not say fails the test that met it.
/// </summary>
internal sealed class ApiContract() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
{
    private static readonly Lazy<JsonElement> Document = new(() => JsonDocument.Parse(File.ReadAllBytes(Golden())).RootElement);
    private static readonly Lazy<Operation[]> Operations = new(Read);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
        string method = request.Method == HttpMethod.Head ? "get" : request.Method.Method.ToLowerInvariant();
        string path = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath).TrimEnd('/');
        if (Operations.Value.FirstOrDefault(operation => operation.Method == method && operation.Path.IsMatch(path)) is { } operation
            && Breach(operation.Description, request, answer) is { } breach)
        {
            answer.Dispose();
            throw new InvalidOperationException($"{request.Method} {path} ({operation.Description.GetProperty("operationId")}): {breach}");
        }

        return answer;
    }

    private static string? Breach(JsonElement operation, HttpRequestMessage request, HttpResponseMessage answer)
    {
        int status = (int)answer.StatusCode;
        if (!operation.GetProperty("responses").TryGetProperty(status >= 500 ? "5XX" : $"{status}", out JsonElement described))
        {
            return $"the document does not say that it answers {status}.";
        }

        if (described.TryGetProperty("$ref", out JsonElement reference))
        {
            described = Document.Value.GetProperty("components").GetProperty("responses").GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        string? type = answer.Content.Headers.ContentType?.MediaType;
        bool typed = described.TryGetProperty("content", out JsonElement content);
        if (request.Method != HttpMethod.Head && (typed ? type is null || !content.TryGetProperty(type, out _) : answer.Content.Headers.ContentLength > 0))
        {
            return $"the document does not say that {status} has the type {type}.";
        }

        if (status >= 400)
        {
            return null;
        }

        string[] parameters = operation.TryGetProperty("parameters", out JsonElement known) ? [.. known.EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()!)] : [];
        string[] sent = [.. request.RequestUri!.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')[0])];
        return sent.FirstOrDefault(name => !parameters.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown ? $"the document has no parameter {unknown}, and yet it answered {status}."
            : answer.Headers.ETag is not null && !(described.TryGetProperty("headers", out JsonElement headers) && headers.TryGetProperty("ETag", out _)) ? "the document does not say that it answers with an ETag."
            : request.Headers.IfMatch.Count > 0 && request.Method != HttpMethod.Get && !parameters.Contains("If-Match") ? "the document does not say that it takes If-Match."
            : null;
    }

    // The template with the most letters of its own is the one that routing takes.
    private static Operation[] Read()
    {
        return
        [
            .. from path in Document.Value.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               let template = path.Name.TrimEnd('/')
               orderby Regex.Replace(template, @"\{[^}]*\}", "").Length descending
               select new Operation(operation.Name, new Regex($"^{Regex.Replace(Regex.Escape(template), @"\\\{[^}]*\}", "[^/]+")}$"), operation.Value),
        ];
    }

    private static string Golden([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "..", "golden", "openapi.json");

    private sealed record Operation(string Method, Regex Path, JsonElement Description);
}
