using System.Text.Json.Serialization;
using Fleet.Contracts;

namespace Fleet.Server.Identity.PolicyKeys;

/// <summary>The keys that sign assignments, as policy-keys.json has them: the states and what the root signed of them change in one step.</summary>
/// <param name="Keys">All, retired ones too, oldest first.</param>
/// <param name="List">What the root says of them; null while none was ever replaced.</param>
internal sealed record PolicyKeyRing(IReadOnlyList<PolicyKeyEntry> Keys, SignedPolicyKeys? List)
{
    /// <summary>The one that signs: activated last.</summary>
    [JsonIgnore]
    public PolicyKeyEntry Signing => InUse.OrderBy(key => key.Activated).ThenBy(key => key.Number).Last();

    /// <summary>
    /// The one that signs for agents that know no list: the oldest in use. They were given it when they joined, or an older one that is retired; so they stay
    /// with one key for as long as that counts.
    /// </summary>
    [JsonIgnore]
    public PolicyKeyEntry ForOldAgents => InUse.First();

    /// <summary>As it was before any was replaced.</summary>
    [JsonIgnore]
    public PolicyKeyRing AtFirst => new([Keys.OrderBy(key => key.Number).First() with { State = PolicyKeyState.Activated, Retired = null }], null);

    private IEnumerable<PolicyKeyEntry> InUse => Keys.Where(key => key.State is PolicyKeyState.Activated).OrderBy(key => key.Number);

    public PolicyKeyEntry? Find(int number) => Keys.FirstOrDefault(key => key.Number == number);

    /// <summary>The number of the list; 0 for none.</summary>
    [JsonIgnore]
    public long ListNumber => List is null ? 0 : FleetJson.Read<PolicyKeyList>(Convert.FromBase64String(List.Payload))!.Number;

    public PolicyKeyRing With(PolicyKeyEntry changed) => this with { Keys = [.. Keys.Select(key => key.Number == changed.Number ? changed : key)] };

    /// <summary>What the root is to say of these keys: those that count, and the newest of those that do no more.</summary>
    public PolicyKeyList ToBeSigned(long number) => new(
        number,
        [.. Keys.Where(key => key.Counts).Select(key => key.PublicKey)],
        [.. Keys.Where(key => !key.Counts).Select(key => key.PublicKey).TakeLast(PolicyKeyList.MostRetired)]);
}
