using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Fleet.Testing;

/// <summary>Waits for a state of the world, never for time to pass.</summary>
public static class WaitFor
{
    /// <summary>How long what should happen soon may take on a busy machine: one second of a processor, where sixty want it.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Returns as soon as the condition holds; fails with the condition's text after the deadline. A request of the condition that was not answered, or not within its own
    /// time, is no more than a condition that does not hold yet.
    /// </summary>
    public static async Task TrueAsync(
        Func<Task<bool>> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        TimeSpan limit = deadline ?? Patience;
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Exception? unanswered = null;
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (Exception e) when (IsUnanswered(e))
            {
                unanswered = e;
            }

            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"Not true within {limit.TotalSeconds:0.#} s: {what}", unanswered);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private static bool IsUnanswered(Exception? e) =>
        e is HttpRequestException or TaskCanceledException { InnerException: TimeoutException } || (e?.InnerException is { } cause && IsUnanswered(cause));

    /// <summary>Returns as soon as the condition holds.</summary>
    public static Task TrueAsync(
        Func<bool> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        TrueAsync(() => Task.FromResult(condition()), deadline, what);
}
