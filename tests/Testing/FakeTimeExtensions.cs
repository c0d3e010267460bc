using Microsoft.Extensions.Time.Testing;

namespace Fleet.Testing;

/// <summary>Runs work on fake time.</summary>
public static class FakeTimeExtensions
{
    /// <summary>Moves time on, a millisecond a step, until the work is done; fails after the given fake time.</summary>
    public static async Task<T> RunAsync<T>(this FakeTimeProvider time, Task<T> work, TimeSpan? limit = null)
    {
        DateTimeOffset end = time.GetUtcNow() + (limit ?? TimeSpan.FromSeconds(30));
        while (!work.IsCompleted)
        {
            if (time.GetUtcNow() >= end)
            {
                throw new TimeoutException("The work did not end within the fake time allowed.");
            }

            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        return await work;
    }
}
