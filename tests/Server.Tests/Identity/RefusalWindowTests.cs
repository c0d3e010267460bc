using Fleet.Server.Identity.Agents;

namespace Fleet.Server.Tests.Identity;

public sealed class RefusalWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly RefusalWindow _window = new();

    [Fact]
    public void Take_ManyOfOneSubject_IsOneEntryAMinuteWithTheirCount()
    {
        Add(3, "host-a");
        Assert.Equal(3, Assert.Single(_window.Take(Start)).Count);

        Add(40, "host-a");
        Assert.Empty(_window.Take(Start.AddSeconds(59)));
        Assert.Equal(40, Assert.Single(_window.Take(Start.AddSeconds(60))).Count);
    }

    [Fact]
    public void Take_ThousandStrangers_ShareABoundedNumberOfEntriesAndLoseNoCount()
    {
        for (int i = 0; i < 1000; i++)
        {
            _window.Add("foreign", $"10.0.{i / 256}.{i % 256}", stranger: true, "x");
        }

        IReadOnlyList<RefusalCount> taken = _window.Take(Start);

        Assert.InRange(taken.Count, 2, 65);
        Assert.Equal(1000, taken.Sum(count => count.Count));
    }

    [Fact]
    public void Take_StrangersFloodIt_HostsStillHaveEntriesOfTheirOwn()
    {
        for (int i = 0; i < 500; i++)
        {
            _window.Add("foreign", $"10.0.{i / 256}.{i % 256}", stranger: true, "x");
        }

        Add(1, "host-a");

        Assert.Contains(_window.Take(Start), count => count.Subject == "host-a");
    }

    [Fact]
    public void Return_WhatCouldNotBeWritten_IsTakenAgain()
    {
        Add(5, "host-a");
        _window.Return(_window.Take(Start));
        Add(1, "host-a");

        Assert.Equal(6, Assert.Single(_window.Take(Start.AddSeconds(1))).Count);
    }

    private void Add(int times, string subject)
    {
        for (int i = 0; i < times; i++)
        {
            _window.Add("expired", subject, stranger: false, "x");
        }
    }
}
