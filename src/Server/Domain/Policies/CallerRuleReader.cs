using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Server.Domain.Policies;

/// <summary>Reads whom a claim lets through.</summary>
internal static class CallerRuleReader
{
    private const int MaxExe = 4096;
    private const int MaxUnit = 256;
    private static readonly string[] RuleKeys = ["exe", "exeHash", "uid", "unit", "container", "write"];

    public static CallerRule? Read(ValueReader reader, Field rule)
    {
        if (reader.Map(rule, RuleKeys) is not { } map)
        {
            return null;
        }

        // A rule without any of these would let every caller pass, which nobody means by a list of exceptions.
        if (!map.Has("exe") && !map.Has("exeHash") && !map.Has("uid") && !map.Has("unit") && !map.Has("container"))
        {
            reader.Errors.Add(rule.Node, rule.Path, "The rule names no caller; expected at least one of exe, exeHash, uid, unit and container.");
        }

        long? uid = map.Find("uid") is { } number ? reader.Integer(number, 0, uint.MaxValue) : null;
        return new CallerRule
        {
            Exe = map.Find("exe") is { } exe ? ReadExe(reader, exe) : null,
            ExeHash = map.Find("exeHash") is { } hash ? ReadHash(reader, hash) : null,
            Uid = (uint?)uid,
            Unit = map.Find("unit") is { } unit ? ReadUnit(reader, unit) : null,
            Container = map.Find("container") is { } container ? ReadContainer(reader, container) : null,
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

    private static string? ReadHash(ValueReader reader, Field field)
    {
        string? hash = reader.Text(field, MaxExe);
        if (hash is not null && !ClaimActions.IsHash(hash))
        {
            reader.Wrong(field, "the SHA-256 of an executable, 64 hexadecimal digits (sha256sum prints it)");
        }

        return hash?.ToLowerInvariant();
    }

    private static string? ReadContainer(ValueReader reader, Field field)
    {
        string? container = reader.Text(field, MaxUnit);
        if (container is "" || container?.Any(char.IsWhiteSpace) is true)
        {
            reader.Wrong(field, "the id of a container, as the agent reports it of callers");
        }

        return container;
    }
}
