using System.CommandLine;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'doe': mailboxes through the broker, in turn with everybody else.</summary>
internal static class DoeCommands
{
    public static Command Create()
    {
        Command doe = new("doe", "Talks to a DOE mailbox through the broker: discover, exchange, cdat.");
        doe.Subcommands.Add(DoeDiscoverCommand.Create());
        doe.Subcommands.Add(DoeExchangeCommand.Create());
        doe.Subcommands.Add(DoeCdatCommand.Create());
        return doe;
    }

    public static Argument<string?> OptionalOffset() => new("offset")
    {
        Description = "Offset of the DOE capability, as 'device' lists it; not needed where there is one.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The mailbox that the arguments name.</summary>
    public static LocalMailbox Mailbox(ParseResult arguments, Argument<string> address, Argument<string?> offset) => new(
        LocalCommand.Address(arguments.GetValue(address)!), arguments.GetValue(offset) is { } text ? LocalCommand.Offset(text) : null);
}
