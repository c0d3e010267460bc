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

    public CannedApi() => Api = new FleetApi(new HttpClient(this) { BaseAddress = new Uri("http://fleet.test/") });

    public IFleetApi Api { get; }

    /// <summary>Answered instead of everything when set.</summary>
    public HttpStatusCode? Refusal { get; set; }

    public List<string> Asked { get; } = [];

    public void Answer(string path, object body) => _answers[path] = body;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        Asked.Add(request.RequestUri.PathAndQuery);
        HttpStatusCode status = Refusal ?? (_answers.ContainsKey(path) ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        object body = status is HttpStatusCode.OK ? _answers[path] : new { title = "Refused", detail = "It is not to be had." };
        StringContent content = new(JsonSerializer.Serialize(body, FleetJson.Options), Encoding.UTF8, "application/json");
        return Task.FromResult(new HttpResponseMessage(status) { Content = content });
    }
}
