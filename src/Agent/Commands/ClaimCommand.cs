using System.CommandLine;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'claim': keeps others off a region.</summary>
internal static class ClaimCommand
{
    public static Command Create()
    {
        ClaimOptions options = new();
        Command command = new("claim", """
            Claims a region of a function, so that writes of all other processes are refused.

            A claim ends with its holder. Without --pid this command is the holder: it stays, and others are kept off until Ctrl-C.
            With --pid a process that runs already gets the region for itself, and the command returns.

            The region is first byte and length, or one of --capability, --ext, --doe, --bar, --whole. Mailboxes are claimed by the broker
            itself; to keep a device to one tool for a conversation, take a hold.

            Examples:
              fleet-agent claim 0000:01:00.0 0x208+16 --reason "bench work, ask Kim" --for 2h
              fleet-agent claim 01:00.0 --ext aer --reason "error injection" --pid 4711
              fleet-agent claim 01:00.0 --capability pcie --reason "link training" --on-read refuse
              fleet-agent claim 01:00.0 --bar 0 --shared --reason "two of us look"
            """);
        options.AddTo(command);
        return LocalCommand.Add(command, async call =>
        {
            LocalClaimRequest request = options.Read(call.Arguments);
            ClaimFacts[] claims = await call.Client.PostAsync<ClaimFacts[]>("/v1/claims", request, call.Cancellation);
            await call.ShowAsync(claims, () => ClaimText.Table(claims));
            return request.Pid is not null ? ExitCodes.Done : await Staying.UntilAsync(call, claims.Min(c => c.Expires), async () =>
            {
                foreach (ClaimFacts claim in claims)
                {
                    await call.Client.DeleteAsync<ClaimFacts>($"/v1/claims/{Uri.EscapeDataString(claim.Id)}", CancellationToken.None);
                }
            });
        });
    }
}
