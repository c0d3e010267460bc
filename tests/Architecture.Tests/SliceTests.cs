using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Fleet.Architecture.Tests;

/// <summary>Slices of the server meet in the database, in Domain or in an event, never in each other.</summary>
public sealed class SliceTests
{
    private const string Features = "Fleet.Server.Features.";

    [Fact]
    public void Slices_NoneUsesAnother()
    {
        using AssemblyDefinition server = AssemblyDefinition.ReadAssembly(ServerPath());
        TypeDefinition[] types = [.. server.MainModule.GetTypes().Where(type => Slice(type) is not null)];
        IEnumerable<string> crossings = types
            .SelectMany(type => Uses(type)
                .Where(used => Slice(used) is { } slice && slice != Slice(type))
                .Select(used => $"{Slice(type)}: {type.FullName} uses {used.FullName}"))
            .Distinct();

        Assert.NotEmpty(types);
        Assert.Empty(crossings);
    }

    private static string ServerPath()
    {
        // artifacts/bin/PROJECT/CONFIGURATION/: the server built in the same configuration as this test.
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        return Path.Combine(Repository.Root, "artifacts", "bin", "Fleet.Server", configuration, "fleet-server.dll");
    }

    private static string? Slice(TypeReference type)
    {
        TypeReference outer = type.GetElementType();
        while (outer.DeclaringType is { } declaring)
        {
            outer = declaring;
        }

        return outer.Namespace.StartsWith(Features, StringComparison.Ordinal) ? outer.Namespace[Features.Length..].Split('.')[0] : null;
    }

    private static IEnumerable<TypeReference> Uses(TypeDefinition type)
    {
        IEnumerable<TypeReference?> signature =
        [
            type.BaseType,
            .. type.Interfaces.Select(implemented => implemented.InterfaceType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
            .. type.Methods.SelectMany(Uses),
        ];
        return signature.OfType<TypeReference>().SelectMany(Parts);
    }

    private static IEnumerable<TypeReference?> Uses(MethodDefinition method)
    {
        IEnumerable<TypeReference?> signature = [method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)];
        if (!method.HasBody)
        {
            return signature;
        }

        return signature
            .Concat(method.Body.Variables.Select(variable => variable.VariableType))
            .Concat(method.Body.Instructions.SelectMany(Uses));
    }

    private static IEnumerable<TypeReference?> Uses(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod generic => [generic.DeclaringType, .. generic.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        _ => [],
    };

    /// <summary>The type itself and, for List of T and arrays, what it is made of.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };
}
