using Fleet.Contracts;

namespace Fleet.Server.Domain.Policies;

/// <summary>Reads spec.claims.</summary>
internal static class ClaimReader
{
    public const string DefaultHolder = "broker";
    private const int MaxClaims = 256;
    private const int MaxRules = 64;
    private const int MaxHolder = 64;
    private const int MaxExe = 4096;
    private const int MaxUnit = 256;
    private static readonly string[] ClaimKeys = ["region", "holder", "onRead", "onWrite", "allow"];
    private static readonly string[] ClaimKeysNotYet = ["wait"];
    private static readonly string[] RuleKeys = ["exe", "uid", "unit", "write"];
    private static readonly Dictionary<string, ClaimAction> Actions = new()
    {
        ["allow"] = ClaimAction.Allow,
        ["refuse"] = ClaimAction.Refuse,
    };

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
        if (reader.Map(claim, ClaimKeys, ClaimKeysNotYet) is not { } map)
        {
            return null;
        }

        RegionSpec? region = reader.Need(map, "region", RegionReader.Expected) is { } field ? RegionReader.Read(reader, field) : null;
        string? holder = map.Find("holder") is { } name ? ReadHolder(reader, name) : DefaultHolder;
        ClaimAction? onRead = map.Find("onRead") is { } read
            ? reader.Word(read, Actions, "cached", "ones", "wait") : ClaimAction.Allow;
        ClaimAction? onWrite = map.Find("onWrite") is { } write
            ? reader.Word(write, Actions, "virtualise", "wait") : ClaimAction.Refuse;
        IReadOnlyList<CallerRule>? allow = map.Find("allow") is { } rules
            ? reader.Each(rules, MaxRules, "callers", rule => ReadRule(reader, rule)) : [];
        return region is null || holder is null || onRead is null || onWrite is null || allow is null
            ? null
            : new CompiledClaim { Region = region, Holder = holder, OnRead = onRead.Value, OnWrite = onWrite.Value, Allow = allow };
    }

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

    private static CallerRule? ReadRule(ValueReader reader, Field rule)
    {
        if (reader.Map(rule, RuleKeys) is not { } map)
        {
            return null;
        }

        // A rule without any of these would let every caller pass, which nobody means by a list of exceptions.
        if (!map.Has("exe") && !map.Has("uid") && !map.Has("unit"))
        {
            reader.Errors.Add(rule.Node, rule.Path, "The rule names no caller; expected at least one of exe, uid and unit.");
        }

        long? uid = map.Find("uid") is { } number ? reader.Integer(number, 0, uint.MaxValue) : null;
        return new CallerRule
        {
            Exe = map.Find("exe") is { } exe ? ReadExe(reader, exe) : null,
            Uid = (uint?)uid,
            Unit = map.Find("unit") is { } unit ? ReadUnit(reader, unit) : null,
            Write = map.Find("write") is { } write && (reader.Flag(write) ?? false),
        };
    }

    private static string? ReadExe(ValueReader reader, Field field)
    {
        string? exe = reader.Text(field, MaxExe);
        if (exe is not null && (!exe.StartsWith('/') || exe.Contains('\n')))
        {
            reader.Wrong(field, "the absolute path of an executable");
        }

        return exe;
    }

    private static string? ReadUnit(ValueReader reader, Field field)
    {
        string? unit = reader.Text(field, MaxUnit);
        if (unit is "" || unit?.Any(char.IsWhiteSpace) is true)
        {
            reader.Wrong(field, "the name of a systemd unit, such as audit.service");
        }

        return unit;
    }
}
