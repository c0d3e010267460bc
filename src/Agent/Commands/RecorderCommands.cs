using System.CommandLine;
using System.Globalization;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'recorder': what happened at the mailboxes lately.</summary>
internal static class RecorderCommands
{
    public static Command Create()
    {
        Command recorder = new("recorder", """
            The flight recorder: the last exchanges of each mailbox, and the bundles frozen when something went wrong.

            Examples:
              fleet-agent recorder list 01:00.0
              fleet-agent recorder show 01:00.0/0x200#17
              fleet-agent recorder bundles
              fleet-agent recorder show 20260301T120000250-7f3a1b2c
              fleet-agent recorder export 20260301T120000250-7f3a1b2c --out bundle.json
            """);
        recorder.Subcommands.Add(List());
        recorder.Subcommands.Add(Bundles());
        recorder.Subcommands.Add(RecorderShowCommand.Create());
        recorder.Subcommands.Add(Export());
        return recorder;
    }

    private static Command List()
    {
        Argument<string?> address = new("address")
        {
            Description = "Only this function's.",
            Arity = ArgumentArity.ZeroOrOne,
            CompletionSources = { AddressCompletion.Complete },
        };
        Argument<string?> offset = DoeCommands.OptionalOffset();
        Command command = new("list", "Lists the last exchanges, oldest first.\n\nExamples:\n  fleet-agent recorder list\n  fleet-agent recorder list 01:00.0 0x200");
        command.Arguments.Add(address);
        command.Arguments.Add(offset);
        return LocalCommand.Add(command, async call =>
        {
            RecordedExchange[] exchanges = await ExchangesAsync(call, call.Arguments.GetValue(address), call.Arguments.GetValue(offset));
            return await call.ShowAsync(exchanges, () => exchanges.Length is 0 ? "No exchange is recorded." : Table(exchanges));
        });
    }

    /// <summary>The exchanges of a function, or of all.</summary>
    public static async Task<RecordedExchange[]> ExchangesAsync(LocalCall call, string? address, string? offset)
    {
        string query = address is null ? "" : $"?function={LocalCommand.Address(address)}";
        if (offset is not null)
        {
            query += string.Create(CultureInfo.InvariantCulture, $"&offset={LocalCommand.Offset(offset)}");
        }

        return await call.Client.GetAsync<RecordedExchange[]>($"/v1/recorder/exchanges{query}", call.Cancellation);
    }

    private static Command Bundles() => LocalCommand.Add(
        new Command("bundles", "Lists what was frozen when something went wrong.\n\nExample:\n  fleet-agent recorder bundles"),
        async call =>
        {
            RecordedBundle[] bundles = await call.Client.GetAsync<RecordedBundle[]>("/v1/recorder/bundles", call.Cancellation);
            return await call.ShowAsync(bundles, () => bundles.Length is 0 ? "Nothing went wrong that was recorded." : TextTable.Write(
                ["ID", "TIME", "MAILBOX", "FAULT", "EXCHANGES", "CAUSE"],
                bundles.Select(b => new[]
                {
                    b.Id, Notation.Time(b.Time), $"{b.Function}/{Notation.Hex(b.Offset)}", b.Fault, Notation.Number(b.Exchanges.Count), b.Cause,
                })));
        });

    private static Command Export()
    {
        Argument<string> id = new("id") { Description = "The bundle's id, as 'recorder bundles' lists it." };
        Option<string?> file = new("--out") { Description = "The file to write; standard output without this." };
        Command command = new("export", "Writes a bundle as JSON, to be sent to somebody.\n\nExample:\n  fleet-agent recorder export 20260301T120000250-7f3a1b2c --out bundle.json");
        command.Arguments.Add(id);
        command.Options.Add(file);
        return LocalCommand.Add(command, async call =>
        {
            RecordedBundle bundle = await call.Client.GetAsync<RecordedBundle>(
                $"/v1/recorder/bundles/{Uri.EscapeDataString(call.Arguments.GetValue(id)!)}", call.Cancellation);
            string json = LocalCommand.ToJson(bundle);
            if (call.Arguments.GetValue(file) is not { } path)
            {
                await call.Output.WriteLineAsync(json);
                return ExitCodes.Done;
            }

            try
            {
                await File.WriteAllTextAsync(path, json + "\n", call.Cancellation);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new LocalApiException(ExitCodes.Usage, $"The bundle cannot be written to {path}: {e.Message}");
            }

            await call.Output.WriteLineAsync($"{bundle.Exchanges.Count} exchanges written to {path}.");
            return ExitCodes.Done;
        });
    }

    private static string Table(IReadOnlyList<RecordedExchange> exchanges) => TextTable.Write(
        ["EXCHANGE", "TIME", "FEATURE", "WHO", "WAY", "WAITED MS", "TOOK MS", "DWORDS", "POLLS", "OUTCOME"],
        exchanges.Select(e => new[]
        {
            SequenceText.Id(e), e.Queued.ToString("HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), e.Feature,
            string.Create(CultureInfo.InvariantCulture, $"{e.Caller.Comm} {e.Caller.Pid}"), Notation.Word(e.Way),
            e.WaitedMilliseconds.ToString("0.0", CultureInfo.InvariantCulture), e.TookMilliseconds.ToString("0.0", CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{e.RequestDwords}/{e.ResponseDwords}"), Notation.Number(e.Polls), e.Disturbed ? e.Outcome + ", disturbed" : e.Outcome,
        }));
}
