using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Server.Domain.Policies;

/// <summary>Reads spec.claims.</summary>
internal static class ClaimReader
{
    public const string DefaultHolder = "broker";
    private const int MaxClaims = 256;
    private const int MaxRules = 64;
    private const int MaxHolder = 64;
    private static readonly string[] ClaimKeys = ["region", "holder", "onRead", "onWrite", "wait", "shared", "allow"];
    private static readonly Dictionary<string, ClaimAction> ReadActions = ClaimActions.Reads.ToDictionary(Word);
    private static readonly Dictionary<string, ClaimAction> WriteActions = ClaimActions.Writes.ToDictionary(Word);

    public static IReadOnlyList<CompiledClaim>? ReadAll(ValueReader reader, Field list)
    {
        if (list.Node is SequenceNode { Items.Count: 0 })
        {
            reader.Errors.Add(list.Node, list.Path, "The list is empty; a policy makes at least one claim.");
            return null;
        }

        return reader.Each(list, MaxClaims, "claims", claim => ReadClaim(reader, claim));
    }

    private static CompiledClaim? ReadClaim(ValueReader reader, Field claim)
    {
        if (reader.Map(claim, ClaimKeys) is not { } map)
        {
            return null;
        }

        RegionSpec? region = reader.Need(map, "region", RegionReader.Expected) is { } field ? RegionReader.Read(reader, field) : null;
        string? holder = map.Find("holder") is { } name ? ReadHolder(reader, name) : DefaultHolder;
        ClaimAction? onRead = map.Find("onRead") is { } read ? reader.Word(read, ReadActions) : ClaimAction.Allow;
        ClaimAction? onWrite = map.Find("onWrite") is { } write ? reader.Word(write, WriteActions) : ClaimAction.Refuse;
        int? wait = map.Find("wait") is { } time ? ReadWait(reader, time, onRead, onWrite) : null;
        bool shared = map.Find("shared") is { } flag && (reader.Flag(flag) ?? false);
        IReadOnlyList<CallerRule>? allow = map.Find("allow") is { } rules
            ? reader.Each(rules, MaxRules, "callers", rule => CallerRuleReader.Read(reader, rule)) : [];
        if (onWrite is ClaimAction.Virtualise && region is { Doe: null })
        {
            reader.Errors.Add(
                map.KeyOf("onWrite"), DocumentParser.Join(map.Path, "onWrite"),
                "'virtualise' gives callers mailbox registers of their own; it goes with region: { doe: registers } alone.");
        }

        return region is null || holder is null || onRead is null || onWrite is null || allow is null
            ? null
            : new CompiledClaim
            {
                Region = region,
                Holder = holder,
                OnRead = onRead.Value,
                OnWrite = onWrite.Value,
                WaitMilliseconds = wait,
                Shared = shared,
                Allow = allow,
            };
    }

    private static int? ReadWait(ValueReader reader, Field field, ClaimAction? onRead, ClaimAction? onWrite)
    {
        int? wait = reader.Milliseconds(field, ClaimActions.MostWaitMilliseconds);
        if (wait is not null && onRead is not (null or ClaimAction.Wait) && onWrite is not (null or ClaimAction.Wait))
        {
            reader.Errors.Add(field.Node, field.Path, "'wait' says how long accesses wait, but neither onRead nor onWrite is wait; remove it or say so.");
        }

        return wait;
    }

    private static string Word(ClaimAction action) => action.ToString().ToLowerInvariant();

    private static string? ReadHolder(ValueReader reader, Field field)
    {
        string? holder = reader.Text(field, MaxHolder);
        if (holder is "" || holder?.Contains('\n') is true)
        {
            reader.Wrong(field, $"a name of 1 to {MaxHolder} characters on one line");
            return null;
        }

        return holder;
    }
}
