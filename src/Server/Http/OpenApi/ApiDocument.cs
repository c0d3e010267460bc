// The OpenAPI document at /openapi/v1.json, and a page to browse it at /docs.
using System.Text.Json;
using System.Text.Json.Nodes;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Hosting;
using Fleet.Server.Identity;
using Fleet.Server.Metrics;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fleet.Server.Http.OpenApi;

internal static class ApiDocument
{
    private const string Bearer = "bearer";

    private static readonly Dictionary<Type, string> Identities = new()
    {
        [typeof(PciAddress)] = "PCI address, DDDD:BB:DD.F",
        [typeof(HostId)] = "Host id, 32 hexadecimal digits",
        [typeof(FunctionId)] = "Function id, HOST-DDDD-BB-DD.F",
    };

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddSchemaTransformer(WriteAsText);
        options.AddOperationTransformer(NameScope);
        options.AddOperationTransformer(ApiOperations.CompleteAsync);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "PCI fleet", Version = FleetGauges.Version, Description = "Errors are problem+json (RFC 9457) with a stable code. A query parameter or a member of a body that is not known is an error; their names are compared without case. HEAD answers where GET does." };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            ApiOperations.AddProblems(document);
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this WebApplication app) => app.MapOpenApi().AllowAnonymous();

    /// <summary>The page to browse the document; before routing, because its files are no endpoints.</summary>
    public static void UseApiPage(this WebApplication app) => app.UseWhen(
        http => http.Features.Get<AgentsPort>() is null,
        http => http.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.SwaggerEndpoint("/openapi/v1.json", "PCI fleet v1");
        }));

    // Roles of a scheme that is not OAuth2's: OpenAPI 3.1, section 4.8.30.
    private static Task NameScope(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<NeededScope>().LastOrDefault() is { } needed)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [needed.Name] }];
            operation.Description = string.Join(' ', new[] { operation.Description, $"Needs the scope {needed.Name}." }.Where(text => text is { Length: > 0 }));
        }

        return Task.CompletedTask;
    }

    // The converters of the contracts write identities and enums as text; the generator sees only their fields.
    private static Task WriteAsText(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        Type type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (Identities.TryGetValue(type, out string? meaning))
        {
            schema.Type = JsonSchemaType.String;
            schema.Properties = null;
            schema.Required = null;
            schema.Description = meaning;
        }
        else if (type.IsEnum && type.Assembly == typeof(Decision).Assembly)
        {
            IEnumerable<JsonNode?> names = Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, type));
            schema.Enum = [.. names.OfType<JsonNode>()];
            schema.Type = JsonSchemaType.String;
        }

        return Task.CompletedTask;
    }
}
