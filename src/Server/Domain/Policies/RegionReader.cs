using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci.Capabilities;

namespace Fleet.Server.Domain.Policies;

/// <summary>Reads the region of a claim: exactly one of its forms.</summary>
internal static class RegionReader
{
    public const string Expected = "one of doe, capability, extendedCapability, offset with length, bar, or whole";
    private const int ConfigSize = 4096;
    private static readonly string[] Keys = ["doe", "capability", "extendedCapability", "offset", "length", "bar", "whole"];
    private static readonly string[] Forms = ["doe", "capability", "extendedCapability", "offset", "bar", "whole"];
    private static readonly Dictionary<string, bool> DoeForms = new() { ["registers"] = true };

    private static readonly Dictionary<string, BarName> Bars =
        new[] { "0", "1", "2", "3", "4", "5", "all" }.ToDictionary(name => name, name => new BarName(name));

    public static RegionSpec? Read(ValueReader reader, Field field)
    {
        if (reader.Map(field, Keys) is not { } map || !HasOneForm(reader, map))
        {
            return null;
        }

        return map switch
        {
            _ when map.Find("doe") is { } doe => reader.Word(doe, DoeForms) is null ? null : new RegionSpec { Doe = "registers" },
            _ when map.Find("capability") is { } capability => ReadCapability(reader, capability),
            _ when map.Find("extendedCapability") is { } extended =>
                reader.Integer(extended, 1, 0xFFFF) is { } id ? new RegionSpec { ExtendedCapability = (int)id } : null,
            _ when map.Find("bar") is { } bar => reader.Word(bar, Bars) is { } register ? new RegionSpec { Bar = register.Name } : null,
            _ when map.Find("whole") is { } whole => ReadWhole(reader, whole),
            _ => ReadFixed(reader, map),
        };
    }

    private static bool HasOneForm(ValueReader reader, FieldMap map)
    {
        List<string> present = [.. map.Node.Entries.Select(entry => entry.Key.Value is "length" ? "offset" : entry.Key.Value).Where(Forms.Contains).Distinct()];
        if (present.Count is 1)
        {
            return true;
        }

        if (present.Count is 0)
        {
            reader.Errors.Add(map.Node, map.Path, $"The region is not named; expected {Expected}.");
            return false;
        }

        string second = present[1] is "offset" && !map.Has("offset") ? "length" : present[1];
        reader.Errors.Add(
            map.KeyOf(second), DocumentParser.Join(map.Path, second), $"'{second}' contradicts '{present[0]}' before it; a region is {Expected}.");
        return false;
    }

    private static RegionSpec? ReadCapability(ValueReader reader, Field field)
    {
        const string Wanted = "a capability's short name such as pcie, or its id from 0x01 to 0xff";
        if (field.Node is ScalarNode { Plain: true, Value: [>= '0' and <= '9', ..] })
        {
            return reader.Integer(field, 1, 0xFF) is { } id
                ? new RegionSpec { Capability = string.Create(CultureInfo.InvariantCulture, $"0x{id:x2}") }
                : null;
        }

        if (reader.Text(field, 64) is not { } name)
        {
            return null;
        }

        if (!CapabilityNames.TryFind(name, out _))
        {
            reader.Errors.Add(field.Node, field.Path, $"'{ValueReader.Clip(name)}' is not a known capability; expected {Wanted}.");
            return null;
        }

        return new RegionSpec { Capability = name };
    }

    private static RegionSpec? ReadWhole(ValueReader reader, Field field)
    {
        if (reader.Flag(field) is false)
        {
            reader.Errors.Add(field.Node, field.Path, "'whole' can only be true; leave it out and name a region.");
            return null;
        }

        return new RegionSpec { Whole = true };
    }

    private static RegionSpec? ReadFixed(ValueReader reader, FieldMap map)
    {
        long? offset = reader.Need(map, "offset", "the region's first byte") is { } first ? reader.Integer(first, 0, ConfigSize - 1) : null;
        long? length = reader.Need(map, "length", "the region's length in bytes") is { } bytes ? reader.Integer(bytes, 1, ConfigSize) : null;
        if (offset is null || length is null)
        {
            return null;
        }

        if (offset + length > ConfigSize)
        {
            reader.Errors.Add(
                map.KeyOf("length"),
                DocumentParser.Join(map.Path, "length"),
                $"The region 0x{offset:x3}+0x{length:x} ends behind the {ConfigSize} bytes of configuration space.");
            return null;
        }

        return new RegionSpec { Offset = (int)offset, Length = (int)length };
    }

    private readonly record struct BarName(string Name);
}
