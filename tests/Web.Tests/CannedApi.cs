using System.Net;
using System.Text;
using System.Text.Json;
using Fleet.Client;
using Fleet.Contracts;

namespace Fleet.Web.Tests;

/// <summary>The real client over answers that a test gives, by path.</summary>
internal sealed class CannedApi : HttpMessageHandler
{
    private readonly Dictionary<string, object> _answers = [];
    private readonly Dictionary<string, string?> _tags = [];

    public CannedApi() => Api = new FleetApi(new HttpClient(this) { BaseAddress = new Uri("http://fleet.test/") });

    public IFleetApi Api { get; }

    /// <summary>Answered instead of everything when set.</summary>
    public HttpStatusCode? Refusal { get; set; }

    public string RefusalCode { get; set; } = "refused";

    public List<string> Asked { get; } = [];

    /// <summary>Method, path with query, and If-Match of what was sent to change something.</summary>
    public List<string> Changes { get; } = [];

    /// <param name="path">The path, for every method; or "POST /path", for that one alone.</param>
    /// <param name="body">What is answered.</param>
    /// <param name="tag">Its ETag.</param>
    public void Answer(string path, object body, string? tag = null) => (_answers[path], _tags[path]) = (body, tag);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        string own = $"{request.Method} {path}";
        Asked.Add(request.RequestUri.PathAndQuery);
        if (request.Method != HttpMethod.Get)
        {
            Changes.Add($"{request.Method} {request.RequestUri.PathAndQuery} {request.Headers.IfMatch}".TrimEnd());
        }

        path = _answers.ContainsKey(own) ? own : path;
        HttpStatusCode status = Refusal ?? (_answers.ContainsKey(path) ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        object body = status is HttpStatusCode.OK ? _answers[path] : new { title = "Refused", detail = "It is not to be had.", code = RefusalCode };
        StringContent content = new(JsonSerializer.Serialize(body, FleetJson.Options), Encoding.UTF8, "application/json");
        HttpResponseMessage answer = new(status) { Content = content };
        if (_tags.GetValueOrDefault(path) is { } tag)
        {
            answer.Headers.TryAddWithoutValidation("ETag", tag);
        }

        return Task.FromResult(answer);
    }
}
