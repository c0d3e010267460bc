using System.CommandLine;
using System.Globalization;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>The arguments and options that say what to claim, how and for whom.</summary>
internal sealed class ClaimOptions
{
    private readonly Argument<string> _address = LocalCommand.Address();
    private readonly Argument<string?> _region = new("region") { Description = "First byte and length, as in 0x208+16.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _capability = new("--capability") { Description = "A conventional capability, by short name (pcie, msix) or id (0x10)." };
    private readonly Option<string?> _extended = new("--ext") { Description = "An extended capability, by short name (aer, sriov) or id (0x0010)." };
    private readonly Option<string?> _mailbox = new("--doe")
    {
        Description = "The registers of the DOE mailbox at this offset; of every one without an offset.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _bar = new("--bar") { Description = "A base address register, 0 to 5, or all; of a 64-bit one both halves." };
    private readonly Option<bool> _whole = new("--whole") { Description = "The whole configuration space." };
    private readonly Option<string> _reason = new("--reason") { Description = "Why, for whoever meets the claim.", Required = true };
    private readonly Option<string?> _duration = new("--for") { Description = "How long: 45s, 30m, 2h." };
    private readonly Option<int?> _pid = new("--pid") { Description = "The process that shall hold it; without this the command itself does and stays until Ctrl-C." };
    private readonly Option<bool> _shared = new("--shared") { Description = "Hold it beside others who hold it shared." };
    private readonly Option<ClaimAction> _onRead = WordOption.Create("--on-read", "What happens to reads of others.", ClaimAction.Allow);
    private readonly Option<ClaimAction> _onWrite = WordOption.Create("--on-write", "What happens to writes of others.", ClaimAction.Refuse);

    public void AddTo(Command command)
    {
        command.Arguments.Add(_address);
        command.Arguments.Add(_region);
        foreach (Option option in new Option[] { _capability, _extended, _mailbox, _bar, _whole, _reason, _duration, _pid, _shared, _onRead, _onWrite })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="LocalApiException">They do not say it, or not clearly.</exception>
    public LocalClaimRequest Read(ParseResult arguments)
    {
        TimeSpan? length = null;
        if (arguments.GetValue(_duration) is { } text && !Notation.TryDuration(text, out length))
        {
            throw Wrong($"'{text}' is not a duration; write 45s, 30m or 2h.");
        }

        bool everyMailbox = arguments.GetResult(_mailbox) is not null && arguments.GetValue(_mailbox) is null;
        LocalClaimRequest request = new()
        {
            Function = LocalCommand.Address(arguments.GetValue(_address)!),
            Region = everyMailbox ? new RegionSpec { Doe = "registers" } : Region(arguments),
            Mailbox = arguments.GetValue(_mailbox) is { } at ? LocalCommand.Offset(at) : null,
            Reason = arguments.GetValue(_reason)!,
            Seconds = length?.TotalSeconds,
            Pid = arguments.GetValue(_pid),
            Shared = arguments.GetValue(_shared),
            OnRead = arguments.GetValue(_onRead),
            OnWrite = arguments.GetValue(_onWrite),
        };
        int forms = new object?[] { arguments.GetValue(_region), arguments.GetValue(_capability), arguments.GetValue(_extended), arguments.GetValue(_bar) }.Count(v => v is not null)
            + (arguments.GetResult(_mailbox) is null ? 0 : 1) + (arguments.GetValue(_whole) ? 1 : 0);
        return forms is 1
            ? request
            : throw Wrong($"{(forms is 0 ? "No region is named" : "Several regions are named")}; give one of OFFSET+LENGTH, --capability, --ext, --doe, --bar, --whole.");
    }

    private RegionSpec? Region(ParseResult arguments)
    {
        if (arguments.GetValue(_region) is { } region)
        {
            return Notation.TryRegion(region, out int offset, out int bytes)
                ? new RegionSpec { Offset = offset, Length = bytes }
                : throw Wrong($"'{region}' is not a region; write its first byte and length, as in 0x208+16.");
        }

        if (arguments.GetValue(_extended) is { } extended)
        {
            return Pci.Capabilities.CapabilityNames.TryFindExtended(extended, out ushort id) || TryHex(extended, out id)
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
