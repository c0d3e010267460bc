using System.CommandLine;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>The arguments and options that say what to claim, how and for whom.</summary>
internal sealed class ClaimOptions
{
    private readonly Argument<string> _address = LocalCommand.Address();
    private readonly RegionOptions _region = new();
    private readonly Option<string> _reason = new("--reason") { Description = "Why, for whoever meets the claim.", Required = true };
    private readonly Option<string?> _duration = new("--for") { Description = "How long: 45s, 30m, 2h." };
    private readonly Option<int?> _pid = new("--pid") { Description = "The process that shall hold it; without this the command itself does and stays until Ctrl-C." };
    private readonly Option<bool> _shared = new("--shared") { Description = "Hold it beside others who hold it shared." };
    private readonly Option<ClaimAction> _onRead = WordOption.Create("--on-read", "What happens to reads of others.", ClaimAction.Allow);
    private readonly Option<ClaimAction> _onWrite = WordOption.Create("--on-write", "What happens to writes of others.", ClaimAction.Refuse);
    private readonly Option<string?> _wait = new("--wait") { Description = "How long others wait where the action is wait: 250ms, 2s." };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_address);
        _region.AddTo(command);
        foreach (Option option in new Option[] { _reason, _duration, _pid, _shared, _onRead, _onWrite, _wait })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="LocalApiException">They do not say it, or not clearly.</exception>
    public LocalClaimRequest Read(ParseResult arguments)
    {
        (RegionSpec? region, int? mailbox) = _region.Read(arguments);
        return region is null && mailbox is null
            ? throw new LocalApiException(ExitCodes.Usage, $"No region is named; {RegionOptions.OneOf}")
            : new LocalClaimRequest
            {
                Function = LocalCommand.Address(arguments.GetValue(_address)!),
                Region = region,
                Mailbox = mailbox,
                Reason = arguments.GetValue(_reason)!,
                Seconds = LocalCommand.Duration(arguments.GetValue(_duration))?.TotalSeconds,
                Pid = arguments.GetValue(_pid),
                Shared = arguments.GetValue(_shared),
                OnRead = arguments.GetValue(_onRead),
                OnWrite = arguments.GetValue(_onWrite),
                WaitMilliseconds = LocalCommand.Duration(arguments.GetValue(_wait)) is { } wait ? (int)Math.Min(wait.TotalMilliseconds, int.MaxValue) : null,
            };
    }
}
