using System.CommandLine;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'release': gives a claim back.</summary>
internal static class ReleaseCommand
{
    public static Command Create()
    {
        Argument<string> id = new("id") { Description = "The claim's id, as 'claims' lists it." };
        Command command = new("release", "Releases a local claim before its end.\n\nExample:\n  fleet-agent release 0190c0de0000700080000000000000a1");
        command.Arguments.Add(id);
        return LocalCommand.Add(command, async call =>
        {
            ClaimFacts claim = await call.Client.DeleteAsync<ClaimFacts>($"/v1/claims/{Uri.EscapeDataString(call.Arguments.GetValue(id)!)}", call.Cancellation);
            return await call.ShowAsync(claim, () => $"Released {claim.Id}: {Notation.Region(claim.Offset, claim.Length)} of {claim.Function}.");
        });
    }
}
