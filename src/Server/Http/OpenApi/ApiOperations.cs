using System.Globalization;
using Fleet.Server.Http.Requests;
using Fleet.Server.Identity;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Fleet.Server.Http.OpenApi;

/// <summary>Completes each operation of the document: scope, headers, documents as bodies, and every problem that it can answer.</summary>
internal static class ApiOperations
{
    private const string Json = "application/json";
    private const string Failure = "5XX";
    private const string ProblemJson = "application/problem+json";

    /// <summary>Adds to the document what its operations refer to: problems by status, and their schema.</summary>
    public static void AddProblems(OpenApiDocument document)
    {
        document.AddComponent("Problem", Problem(document));
        IEnumerable<string> used = document.Paths.Values.SelectMany(path => path.Operations!.Values).SelectMany(operation => operation.Responses!)
            .Where(response => response.Value is OpenApiResponseReference).Select(response => response.Key).Distinct().Order(StringComparer.Ordinal);
        foreach (string key in used)
        {
            document.AddComponent(key, Answer(key is Failure
                ? "The server failed, or cannot use its database just now (Retry-After)"
                : ReasonPhrases.GetReasonPhrase(int.Parse(key, CultureInfo.InvariantCulture)), document));
        }
    }

    private static OpenApiSchema Problem(OpenApiDocument document) => new()
    {
        Type = JsonSchemaType.Object,
        Description = "RFC 9457. The code is stable; the detail names what happened, to what, and what to do.",
        Required = new HashSet<string> { "title", "status", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "docs/how-to/error-codes.md lists them" },
            ["scope"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The scope that is missing" },
            ["position"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Description = "Where in q, in characters from 0" },
            ["errors"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchemaReference("Diagnostic", document) },
            ["traceId"] = new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };

    public static Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        IList<object> facts = context.Description.ActionDescriptor.EndpointMetadata;
        IList<IOpenApiParameter> parameters = operation.Parameters ??= [];
        foreach (OpenApiParameter parameter in parameters.OfType<OpenApiParameter>().Where(parameter => parameter.In is ParameterLocation.Query))
        {
            parameter.Name = QueryParameters.JsonName(parameter.Name ?? "");
        }

        foreach (HeaderUse header in facts.OfType<HeaderUse>())
        {
            parameters.Add(new OpenApiParameter
            {
                Name = header.Name,
                In = ParameterLocation.Header,
                Required = header.Required,
                Description = header.Meaning,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        if (facts.OfType<DocumentBody>().LastOrDefault() is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [body.MediaType] = new() { Schema = new OpenApiSchema { Type = body.MediaType is Json ? JsonSchemaType.Object : JsonSchemaType.String } },
                },
            };
        }

        operation.Responses ??= [];
        AddPlan(operation.Responses);
        AddTags(operation.Responses, facts);
        AddProblems(operation, facts, context.Document!);
        return Task.CompletedTask;
    }

    // An answer of the thing itself, or of the plan.
    private static void AddPlan(OpenApiResponses responses)
    {
        if (!responses.Remove($"{Described.PlanStatus}", out IOpenApiResponse? waiting) || waiting.Content?[Json].Schema is not { } planned)
        {
            return;
        }

        IOpenApiSchema? done = responses.TryGetValue("200", out IOpenApiResponse? ok) && ok.Content?.TryGetValue(Json, out OpenApiMediaType? media) is true ? media.Schema : null;
        responses["200"] = new OpenApiResponse
        {
            Description = done is null ? "The plan, with dryRun=true" : "OK; the plan, with dryRun=true",
            Content = new Dictionary<string, OpenApiMediaType> { [Json] = new() { Schema = done is null ? planned : new OpenApiSchema { AnyOf = [done, planned] } } },
        };
    }

    private static void AddTags(OpenApiResponses responses, IList<object> facts)
    {
        if (!facts.OfType<GivesTag>().Any())
        {
            return;
        }

        foreach ((string status, IOpenApiResponse response) in responses)
        {
            if (status is "200" or "201" && response is OpenApiResponse answer)
            {
                answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
                answer.Headers["ETag"] = new OpenApiHeader { Description = "What If-Match of a change takes", Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
            }
        }
    }

    private static void AddProblems(OpenApiOperation operation, IList<object> facts, OpenApiDocument document)
    {
        SortedSet<int> statuses = [StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized];
        statuses.UnionWith(facts.OfType<Refusals>().SelectMany(refusals => refusals.Statuses));
        if (facts.OfType<NeededScope>().Any())
        {
            statuses.Add(StatusCodes.Status403Forbidden);
        }

        // What is put where there is nothing is made.
        if (operation.Parameters!.Any(parameter => parameter.In is ParameterLocation.Path) && !operation.Parameters!.Any(parameter => parameter.Name is "If-None-Match"))
        {
            statuses.Add(StatusCodes.Status404NotFound);
        }

        if (operation.RequestBody is not null)
        {
            statuses.Add(StatusCodes.Status413PayloadTooLarge);
            if (!facts.OfType<DocumentBody>().Any())
            {
                statuses.Add(StatusCodes.Status415UnsupportedMediaType);
            }
        }

        foreach (int status in statuses)
        {
            string key = status.ToString(CultureInfo.InvariantCulture);
            operation.Responses![key] = new OpenApiResponseReference(key, document);
        }

        operation.Responses![Failure] = new OpenApiResponseReference(Failure, document);
    }

    private static OpenApiResponse Answer(string description, OpenApiDocument document) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { [ProblemJson] = new() { Schema = new OpenApiSchemaReference("Problem", document) } },
    };
}
