using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci.Capabilities;

namespace Fleet.Policy;

/// <summary>Finds the regions that a policy names on a function.</summary>
internal static class Regions
{
    private const int MaxSize = 4096;
    private const int DoeCapability = 0x2e;

    // Header and capability register are read by everybody and written by nobody; what follows is the mailbox.
    private const int DoeControl = 0x08;
    private const int DoeRegistersLength = 0x10;

    /// <summary>Why the region can never be found; null when it can.</summary>
    public static string? Problem(RegionSpec spec)
    {
        int forms = (spec.Doe is null ? 0 : 1) + (spec.Capability is null ? 0 : 1) + (spec.ExtendedCapability is null ? 0 : 1)
            + (spec.Offset is null && spec.Length is null ? 0 : 1) + (spec.Bar is null ? 0 : 1) + (spec.Whole is null ? 0 : 1);
        return spec switch
        {
            _ when forms != 1 => $"the region has {forms} forms; give exactly one of doe, capability, extendedCapability, offset with length, bar, whole.",
            { Doe: not (null or "registers") } => $"the region doe: {spec.Doe} is unknown; the one known is registers.",
            { Capability: { } name } when !TryCapability(name, out _) => $"the capability '{name}' is unknown; use a short name (pcie) or an id (0x10).",
            { ExtendedCapability: < 0 or > 0xffff } => "the extended capability is not between 0x0000 and 0xffff.",
            { Bar: { } bar } when !BaseRegisters.TryNumber(bar, out _) => $"the base address register '{bar}' is unknown; use 0 to 5, or all.",
            { Whole: false } => "the region whole: false names nothing; leave it out.",
            { Offset: null, Length: not null } or { Offset: not null, Length: null } => "a fixed region needs both offset and length.",
            { Offset: { } offset, Length: { } length } when offset < 0 || length < 1 || offset > MaxSize - length =>
                $"the region {offset}+{length} is not within the {MaxSize} bytes of configuration space.",
            _ => null,
        };
    }

    public static IEnumerable<Region> Resolve(RegionSpec spec, FunctionFacts function)
    {
        IEnumerable<Region> found = spec switch
        {
            { Doe: not null } => Mailboxes(function),
            { Whole: true } => [new Region(RegionKind.Whole, 0, MaxSize)],
            { Capability: { } name } => TryCapability(name, out int id) ? Capabilities(function, id, extended: false) : [],
            { Bar: { } bar } => BaseRegisters.Find(function, bar),
            { ExtendedCapability: { } id } => Capabilities(function, id, extended: true),
            { Offset: { } offset, Length: { } length } => [new Region(RegionKind.Range, offset, length)],
            _ => [],
        };
        int size = function.ConfigSize is 0 ? MaxSize : function.ConfigSize;
        return found.Where(r => r.Offset >= 0 && r.Offset < size && r.Length > 0)
            .Select(r => r with { Length = Math.Min(r.Length, size - r.Offset) });
    }

    public static IEnumerable<Region> Mailboxes(FunctionFacts function) =>
        function.Mailboxes.Select(m => m.Offset)
            .Concat(function.Capabilities.Where(c => c.Extended && c.Id == DoeCapability).Select(c => c.Offset))
            .Distinct()
            .Where(offset => offset is >= 0x100 and <= MaxSize - DoeControl - DoeRegistersLength)
            .Select(offset => new Region(RegionKind.Doe, offset + DoeControl, DoeRegistersLength));

    private static IEnumerable<Region> Capabilities(FunctionFacts function, int id, bool extended) =>
        function.Capabilities.Where(c => c.Id == id && c.Extended == extended)
            .Select(c => new Region(RegionKind.Capability, c.Offset, c.Length))
            .Distinct();

    private static bool TryCapability(string name, out int id)
    {
        if (name.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return int.TryParse(name.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id) && id is >= 0 and <= 0xff;
        }

        bool known = CapabilityNames.TryFind(name, out ushort number);
        id = number;
        return known;
    }
}
