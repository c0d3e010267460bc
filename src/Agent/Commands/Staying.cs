namespace Fleet.Agent.Commands;

/// <summary>A command that is itself the holder of something: it stays until that ends or somebody presses Ctrl-C.</summary>
internal static class Staying
{
    /// <summary>Stays; gives it back when it is interrupted.</summary>
    public static async Task<int> UntilAsync(LocalCall call, DateTimeOffset? end, Func<Task> giveBack)
    {
        await call.Error.WriteLineAsync("Held until Ctrl-C.");
        try
        {
            TimeSpan left = end - TimeProvider.System.GetUtcNow() ?? Timeout.InfiniteTimeSpan;
            await Task.Delay(end is not null && left < TimeSpan.Zero ? TimeSpan.Zero : left, TimeProvider.System, call.Cancellation);
            await call.Error.WriteLineAsync("It has ended: its time was up.");
        }
        catch (OperationCanceledException)
        {
            await giveBack();
        }

        return Local.ExitCodes.Done;
    }
}
