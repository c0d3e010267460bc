using System.CommandLine;
using System.Globalization;
using Fleet.Agent.Local;
using Fleet.Contracts;
using Fleet.Pci.Capabilities;

namespace Fleet.Agent.Commands;

/// <summary>The argument and options that name a region of a function.</summary>
internal sealed class RegionOptions
{
    private readonly Argument<string?> _range = new("region") { Description = "First byte and length, as in 0x208+16.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _capability = new("--capability") { Description = "A conventional capability, by short name (pcie, msix) or id (0x10)." };
    private readonly Option<string?> _extended = new("--ext") { Description = "An extended capability, by short name (aer, sriov) or id (0x0010)." };
    private readonly Option<string?> _mailbox = new("--doe")
    {
        Description = "The registers of the DOE mailbox at this offset; of every one without an offset.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _bar = new("--bar") { Description = "A base address register, 0 to 5, or all; of a 64-bit one both halves." };
    private readonly Option<bool> _whole = new("--whole") { Description = "The whole configuration space." };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_range);
        foreach (Option option in new Option[] { _capability, _extended, _mailbox, _bar, _whole })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The region, or the offset of the one mailbox; neither when none is named.</summary>
    /// <exception cref="LocalApiException">It is not one, or there are several.</exception>
    public (RegionSpec? Region, int? Mailbox) Read(ParseResult arguments)
    {
        bool mailbox = arguments.GetResult(_mailbox) is not null;
        int forms = new object?[] { arguments.GetValue(_range), arguments.GetValue(_capability), arguments.GetValue(_extended), arguments.GetValue(_bar) }
            .Count(v => v is not null) + (mailbox ? 1 : 0) + (arguments.GetValue(_whole) ? 1 : 0);
        if (forms > 1)
        {
            throw Wrong($"Several regions are named; {OneOf}");
        }

        return arguments.GetValue(_mailbox) is { } at ? (null, LocalCommand.Offset(at))
            : mailbox ? (new RegionSpec { Doe = "registers" }, null)
            : (Spec(arguments), null);
    }

    /// <summary>What to say when none is named.</summary>
    public static string OneOf => "give one of OFFSET+LENGTH, --capability, --ext, --doe, --bar, --whole.";

    private RegionSpec? Spec(ParseResult arguments)
    {
        if (arguments.GetValue(_range) is { } range)
        {
            return Notation.TryRegion(range, out int offset, out int bytes)
                ? new RegionSpec { Offset = offset, Length = bytes }
                : throw Wrong($"'{range}' is not a region; write its first byte and length, as in 0x208+16.");
        }

        if (arguments.GetValue(_extended) is { } extended)
        {
            return CapabilityNames.TryFindExtended(extended, out ushort id) || TryHex(extended, out id)
                ? new RegionSpec { ExtendedCapability = id }
                : throw Wrong($"'{extended}' is not an extended capability; write aer, doe, sriov, … or an id as in 0x0010.");
        }

        return arguments.GetValue(_capability) is { } capability ? new RegionSpec { Capability = capability }
            : arguments.GetValue(_bar) is { } bar ? new RegionSpec { Bar = bar }
            : arguments.GetValue(_whole) ? new RegionSpec { Whole = true }
            : null;
    }

    private static bool TryHex(string text, out ushort value)
    {
        value = 0;
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && ushort.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static LocalApiException Wrong(string detail) => new(ExitCodes.Usage, detail);
}
