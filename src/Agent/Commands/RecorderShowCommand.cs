using System.CommandLine;
using System.Globalization;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'recorder show': an exchange, or a whole bundle, as a sequence diagram.</summary>
internal static class RecorderShowCommand
{
    public static Command Create()
    {
        Argument<string> id = new("id") { Description = "An exchange (01:00.0/0x200#17), or a bundle's id." };
        Command command = new("show", """
            Draws an exchange, or everything in a bundle, as a sequence between tool, broker and mailbox.

            Examples:
              fleet-agent recorder show 01:00.0/0x200#17
              fleet-agent recorder show 20260301T120000250-7f3a1b2c
            """);
        Option<bool> mermaid = new("--mermaid") { Description = "Draw it in Mermaid's notation, for documents." };
        command.Arguments.Add(id);
        command.Options.Add(mermaid);
        return LocalCommand.Add(command, async call =>
        {
            string text = call.Arguments.GetValue(id)!;
            bool document = call.Arguments.GetValue(mermaid);
            if (TryExchange(text, out string address, out string offset, out long number))
            {
                RecordedExchange[] exchanges = await RecorderCommands.ExchangesAsync(call, address, offset);
                RecordedExchange exchange = exchanges.FirstOrDefault(e => e.Number == number) ?? throw new LocalApiException(
                    ExitCodes.Refused, $"The recorder has no exchange {number} of {address}/{offset}; {Have(exchanges)}.");
                return await call.ShowAsync(exchange, () =>
                    document ? SequenceDiagram.Mermaid([exchange], []) : SequenceText.Write([exchange], []));
            }

            RecordedBundle bundle = await call.Client.GetAsync<RecordedBundle>($"/v1/recorder/bundles/{Uri.EscapeDataString(text)}", call.Cancellation);
            return await call.ShowAsync(bundle, () => document
                ? SequenceDiagram.Mermaid(bundle.Exchanges, bundle.Intrusions)
                : TextTable.Printable($"{bundle.Fault} at {bundle.Function}/{Notation.Hex(bundle.Offset)}, {Notation.Time(bundle.Time)}. Cause: {bundle.Cause}")
                + "\n\n" + SequenceText.Write(bundle.Exchanges, bundle.Intrusions));
        });
    }

    private static bool TryExchange(string text, out string address, out string offset, out long number)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        int hash = text.IndexOf('#', StringComparison.Ordinal);
        number = 0;
        bool formed = slash > 0 && hash > slash;
        address = formed ? text[..slash] : "";
        offset = formed ? text[(slash + 1)..hash] : "";
        return formed && long.TryParse(text.AsSpan(hash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static string Have(RecordedExchange[] exchanges) => exchanges.Length is 0
        ? "it has none"
        : string.Create(CultureInfo.InvariantCulture, $"it has {exchanges.Min(e => e.Number)} to {exchanges.Max(e => e.Number)}");
}
