using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fleet.Agent.Attestation;
using Fleet.Simulator.Running;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Commands;

/// <summary>'references': what a server must know to trust the simulated devices as they are, as the document it takes.</summary>
internal static class ReferencesCommand
{
    private const string Name = "simulated";
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Option<string> Data = SimCommands.Data();
    private static readonly Option<Uri?> Put = new("--put")
    {
        Description = "The server's REST address (http://127.0.0.1:8080): puts the document there instead of printing it.",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out Uri? server) && server.Scheme is ("http" or "https"))
            {
                return server;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no address of a server; one looks like http://127.0.0.1:8080.");
            return null;
        },
    };

    private static readonly Option<FileInfo?> Token = new("--token-file") { Description = "A file with an API token, for --put." };

    public static Command Create()
    {
        Command command = new("references", """
            Writes reference values for the simulated devices: their vendors' roots and what each measurement is without a fault.

            Examples:
              fleet-sim references --data .data/sim
              fleet-sim references --data .data/sim --put http://127.0.0.1:8080 --token-file .data/admin.token
            """);
        command.Options.Add(Data);
        command.Options.Add(Put);
        command.Options.Add(Token);
        command.SetAction(RunAsync);
        return command;
    }

    /// <summary>The document: anchors of the directory, and the rules that a responder without a fault keeps.</summary>
    public static string Document(string directory, DateTimeOffset now)
    {
        string[] anchors = [.. Directory.EnumerateFiles(directory, "anchor-*.der").Order(StringComparer.Ordinal).Select(path => Convert.ToBase64String(File.ReadAllBytes(path)))];
        return new JsonObject
        {
            ["summary"] = "Simulated devices as they are without a fault.",
            ["selector"] = "hostname:sim-* and doe:\"0001:01\"",
            ["priority"] = -100, // Whatever an operator says of the same functions counts before it.
            ["anchors"] = new JsonArray([.. anchors.Select(anchor => JsonValue.Create(anchor))]),
            ["measurements"] = JsonNode.Parse(ReferenceFile.Write(SoundMeasurements.Rules(now)))!["measurements"]!.DeepClone(),
        }.ToJsonString(Readable);
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken ct)
    {
        TextWriter error = arguments.InvocationConfiguration.Error;
        try
        {
            string document = Document(SimulatedFleet.AnchorsIn(Path.GetFullPath(arguments.GetValue(Data)!)), TimeProvider.System.GetUtcNow());
            if (arguments.GetValue(Put) is not { } server)
            {
                await arguments.InvocationConfiguration.Output.WriteLineAsync(document);
                return 0;
            }

            if (arguments.GetValue(Token) is not { } token)
            {
                await error.WriteLineAsync("--put needs --token-file.");
                return 1;
            }

            return await PutAsync(server, await File.ReadAllTextAsync(token.FullName, ct), document, arguments.InvocationConfiguration, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            await error.WriteLineAsync(e.Message);
            return 2;
        }
    }

    private static async Task<int> PutAsync(Uri server, string token, string document, InvocationConfiguration streams, CancellationToken ct)
    {
        using HttpClient http = new() { BaseAddress = server, Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        using HttpRequestMessage request = new(HttpMethod.Put, $"/api/v1/reference-values/{Name}") { Content = new StringContent(document, Encoding.UTF8, "application/json") };
        request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        using HttpResponseMessage answer = await http.SendAsync(request, ct);
        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            await streams.Output.WriteLineAsync(answer.IsSuccessStatusCode ? $"Reference values '{Name}' are in force." : $"Reference values '{Name}' are there already and stay as they are.");
            return 0;
        }

        await streams.Error.WriteLineAsync($"{server} answered HTTP {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
        return 2;
    }
}
