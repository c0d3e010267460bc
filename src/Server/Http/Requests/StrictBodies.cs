using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Fleet.Contracts;

namespace Fleet.Server.Http.Requests;

/// <summary>
/// What callers of the API send is read strictly: a misspelt member would otherwise be as if it were not there. What agents and servers say to each other
/// stays readable for both sides of a version, and so do answers.
/// </summary>
internal static class StrictBodies
{
    public static readonly IReadOnlyCollection<Type> Types =
    [
        typeof(ChangeAccess), typeof(CreateApiToken), typeof(CreateJoinToken), typeof(CreateRollout), typeof(CreateSignIn), typeof(PatchHost),
        typeof(ReleaseQuarantine), typeof(SignedReferences), typeof(WaveSpec),
    ];

    public static void Configure(JsonSerializerOptions options)
    {
        IList<IJsonTypeInfoResolver> resolvers = options.TypeInfoResolverChain;
        for (int i = 0; i < resolvers.Count; i++)
        {
            resolvers[i] = resolvers[i].WithAddedModifier(Strict);
        }
    }

    private static void Strict(JsonTypeInfo type)
    {
        if (Types.Contains(type.Type))
        {
            type.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        }
    }
}
