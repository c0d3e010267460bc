using System.CommandLine.Completions;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>Completes addresses from the agent's own list. A shell must not wait: what does not answer at once gives nothing.</summary>
internal static class AddressCompletion
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static IEnumerable<CompletionItem> Complete(CompletionContext context)
    {
        using CancellationTokenSource limit = new(Patience);
        string run = context.ParseResult.CommandResult.Command.Options.FirstOrDefault(o => o.Name is "--run") is System.CommandLine.Option<string> option
            ? context.ParseResult.GetValue(option) ?? LocalCommand.DefaultRunDirectory
            : LocalCommand.DefaultRunDirectory;
        using LocalClient client = new(Path.Combine(run, "agent.sock"));
        try
        {
            // A completion source has no way to wait but this one.
            FunctionFacts[] functions = Task.Run(() => client.GetAsync<FunctionFacts[]>("/v1/functions", limit.Token)).GetAwaiter().GetResult();
            return [.. functions.Select(f => f.Address.ToString()).Where(a => a.Contains(context.WordToComplete, StringComparison.OrdinalIgnoreCase)).Select(a => new CompletionItem(a))];
        }
        catch (Exception e) when (e is LocalApiException or OperationCanceledException)
        {
            return [];
        }
    }
}
