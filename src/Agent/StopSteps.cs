namespace Fleet.Agent;

/// <summary>
/// Stops what was started, one step after another, each within a limit: a step that hangs or fails is named in the log and must not
/// keep the next ones from being done. The end of the process does the rest.
/// </summary>
internal sealed class StopSteps(TimeProvider time, ILogger log)
{
    /// <summary>Does a step on a thread of its own, and waits for it no longer than the limit.</summary>
    public async Task DoAsync(string what, TimeSpan limit, Func<Task> step)
    {
        try
        {
            await Task.Run(step).WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            log.StopStepLate(what, limit.TotalSeconds);
        }
        catch (Exception e) // the edge of the stop: nobody is left who could do better
        {
            log.StopStepFailed(what, e);
        }
    }

    public Task DoAsync(string what, TimeSpan limit, Action step) => DoAsync(what, limit, () =>
    {
        step();
        return Task.CompletedTask;
    });
}
