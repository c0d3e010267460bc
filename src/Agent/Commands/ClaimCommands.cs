using System.CommandLine;
using System.Globalization;
using Fleet.Agent.Local;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Commands;

/// <summary>'claims', 'claim' and 'release'.</summary>
internal static class ClaimCommands
{
    public static Command Claims() => LocalCommand.Add(
        new Command("claims", "Lists the claims in force on this host.\n\nExample:\n  fleet-agent claims"),
        async call =>
        {
            ClaimFacts[] claims = await call.Client.GetAsync<ClaimFacts[]>("/v1/claims", call.Cancellation);
            return await call.ShowAsync(claims, () => Table(claims));
        });

    public static Command Claim()
    {
        Argument<string> address = new("address") { Description = "The function, DDDD:BB:DD.F." };
        Argument<string> region = new("region") { Description = "First byte and length, as in 0x208+16." };
        Option<string> reason = new("--reason") { Description = "Why, for whoever meets the claim.", Required = true };
        Option<string?> duration = new("--for") { Description = "How long: 45s, 30m, 2h." };
        Option<int?> pid = new("--pid") { Description = "The process that shall hold it; without this the command itself does and stays until Ctrl-C." };
        Command command = new("claim", """
            Claims a region of a function, so that writes of all other processes are refused.

            A claim ends with its holder. Without --pid this command is the holder: it stays, and others are kept off until Ctrl-C.
            With --pid a process that runs already gets the region for itself, and the command returns.

            Examples:
              fleet-agent claim 0000:01:00.0 0x208+16 --reason "bench work, ask Kim" --for 2h
              fleet-agent claim 0000:01:00.0 0x208+16 --reason "firmware update" --pid 4711
            """);
        command.Arguments.Add(address);
        command.Arguments.Add(region);
        command.Options.Add(reason);
        command.Options.Add(duration);
        command.Options.Add(pid);
        return LocalCommand.Add(command, async call =>
        {
            TimeSpan? length = null;
            if (call.Arguments.GetValue(duration) is { } text && !Notation.TryDuration(text, out length))
            {
                throw new LocalApiException(ExitCodes.Usage, $"'{text}' is not a duration; write 45s, 30m or 2h.");
            }

            PciAddress function = Address(call.Arguments.GetValue(address)!);
            if (!Notation.TryRegion(call.Arguments.GetValue(region)!, out int offset, out int bytes))
            {
                throw new LocalApiException(ExitCodes.Usage, $"'{call.Arguments.GetValue(region)}' is not a region; write its first byte and length, as in 0x208+16.");
            }

            int? holder = call.Arguments.GetValue(pid);
            ClaimFacts claim = await call.Client.PostAsync<ClaimFacts>(
                "/v1/claims", new LocalClaimRequest(function, offset, bytes, call.Arguments.GetValue(reason), length?.TotalSeconds, holder), call.Cancellation);
            await call.ShowAsync(claim, () => Table([claim]));
            return holder is not null ? ExitCodes.Done : await HoldAsync(call, claim);
        });
    }

    public static Command Release()
    {
        Argument<string> id = new("id") { Description = "The claim's id, as 'claims' lists it." };
        Command command = new("release", "Releases a local claim before its end.\n\nExample:\n  fleet-agent release 7f3a");
        command.Arguments.Add(id);
        return LocalCommand.Add(command, async call =>
        {
            ClaimFacts claim = await call.Client.DeleteAsync<ClaimFacts>($"/v1/claims/{Uri.EscapeDataString(call.Arguments.GetValue(id)!)}", call.Cancellation);
            return await call.ShowAsync(claim, () => $"Released {claim.Id}: {Notation.Region(claim.Offset, claim.Length)} of {claim.Function}.");
        });
    }

    internal static PciAddress Address(string text) => PciAddress.TryParse(text, out PciAddress address)
        ? address
        : throw new LocalApiException(ExitCodes.Usage, $"'{text}' is not a PCI address; write DDDD:BB:DD.F, as in 0000:01:00.0.");

    private static async Task<int> HoldAsync(LocalCall call, ClaimFacts claim)
    {
        await call.Error.WriteLineAsync("Held until Ctrl-C.");
        try
        {
            TimeSpan left = claim.Expires is { } end ? end - TimeProvider.System.GetUtcNow() : Timeout.InfiniteTimeSpan;
            await Task.Delay(left < TimeSpan.Zero && claim.Expires is not null ? TimeSpan.Zero : left, TimeProvider.System, call.Cancellation);
            await call.Error.WriteLineAsync("The claim has ended: its time was up.");
            return ExitCodes.Done;
        }
        catch (OperationCanceledException)
        {
            await call.Client.DeleteAsync<ClaimFacts>($"/v1/claims/{Uri.EscapeDataString(claim.Id)}", CancellationToken.None);
            return ExitCodes.Done;
        }
    }

    private static string Table(IReadOnlyList<ClaimFacts> claims) => TextTable.Write(
        ["ID", "FUNCTION", "REGION", "HOLDER", "SOURCE", "MODE", "WRITES", "EXPIRES", "REASON"],
        claims.Select(c => new[]
        {
            c.Id, c.Function.ToString(), Notation.Region(c.Offset, c.Length), c.Holder, Lower(c.Source), Lower(c.Mode), Lower(c.OnWrite),
            c.Expires is { } end ? end.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "-", c.Reason ?? c.Policy ?? "-",
        }));

    private static string Lower(Enum value) => value.ToString().ToLowerInvariant();
}
