using Fleet.Contracts;
using Fleet.Server.Domain.Rollouts;

namespace Fleet.Server.Tests.Rollouts;

public sealed class RolloutPlannerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Plan_Start_AssignsTheFirstWaveAlone()
    {
        RolloutTable table = new RolloutTable(4, new WaveSpec(50), new WaveSpec(100)).Settle();

        Assert.Equal("aapp", table.Phases);
        Assert.Equal("Wave 1 of 2: 2 of 2 hosts have not reported revision 2 yet.", RolloutReason.Of(table.State));
    }

    [Fact]
    public void Plan_WaveReported_GoesOnToTheNext()
    {
        RolloutTable table = new RolloutTable(4, new WaveSpec(50), new WaveSpec(100)).Settle();

        table.Report(1);
        Assert.Equal("Aapp", table.Phases);
        table.Report(2);
        Assert.Equal("AAaa", table.Phases);
        table.Report(3, 4);

        Assert.Equal((RolloutPhase.Done, 2), (table.State.Phase, table.State.Wave));
        Assert.Equal("Every host reports revision 2.", table.State.Reason);
    }

    [Fact]
    public void Plan_PauseAfter_HoldsTheNextWaveUntilResumed()
    {
        RolloutTable table = new RolloutTable(2, new WaveSpec(50, PauseAfter: true), new WaveSpec(100)).Settle();

        table.Report(1);
        table.Pass(TimeSpan.FromDays(1));

        Assert.Equal((RolloutPhase.Paused, "Ap"), (table.State.Phase, table.Phases));
        table.Act(RolloutVerbs.Resume);
        Assert.Equal((RolloutPhase.Running, "Aa"), (table.State.Phase, table.Phases));
    }

    [Fact]
    public void Plan_Bake_WaitsItsTimeFromTheLastReport()
    {
        RolloutTable table = new RolloutTable(2, new WaveSpec(50, BakeSeconds: 60), new WaveSpec(100)).Settle();
        table.Pass(30 * Second);
        table.Report(1);

        table.Pass(59 * Second);
        Assert.Equal("Ap", table.Phases);
        table.Pass(Second);

        Assert.Equal("Aa", table.Phases);
    }

    [Fact]
    public void Plan_PausedByOperator_AssignsNobodyButNotesReports()
    {
        RolloutTable table = new RolloutTable(4, new WaveSpec(50), new WaveSpec(100)).Settle();
        table.Act(RolloutVerbs.Pause);

        table.Report(1, 2);

        Assert.Equal("AApp", table.Phases);
        Assert.Equal("Paused by test.", table.State.Reason);
    }

    [Fact]
    public void Plan_SilentHost_PausesAtTheDeadlineAndNamesIt()
    {
        RolloutTable table = new RolloutTable(4, new WaveSpec(50), new WaveSpec(100)).Settle();
        table.Report(1);

        table.Pass(RolloutPlanner.Deadline - Second);
        Assert.Equal((RolloutPhase.Running, "Aapp"), (table.State.Phase, table.Phases));
        table.Pass(Second);

        Assert.Equal((RolloutPhase.Paused, "Aspp"), (table.State.Phase, table.Phases));
        Assert.Contains("h02: no report of revision 2 within 5 minutes", table.State.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_ResumedPastASilentHost_GoesOnWithoutIt()
    {
        RolloutTable table = new RolloutTable(2, new WaveSpec(50), new WaveSpec(100)).Settle();
        table.Pass(RolloutPlanner.Deadline);

        table.Act(RolloutVerbs.Resume);
        table.Report(2);

        Assert.Equal((RolloutPhase.Done, "sA"), (table.State.Phase, table.Phases));
        Assert.Contains("h01 did not report", table.State.Reason, StringComparison.Ordinal);
        table.Report(1);
        Assert.Equal("AA", table.Phases);
    }

    [Fact]
    public void Plan_Rejection_PausesWithTheHostsReason()
    {
        RolloutTable table = new RolloutTable(2, new WaveSpec(50), new WaveSpec(100)).Settle();
        table.Pass(Second);

        table.Reject(1, "unknown capability");

        Assert.Equal((RolloutPhase.Paused, "fp"), (table.State.Phase, table.Phases));
        Assert.Contains("h01: the agent did not put revision 2 in force: unknown capability", table.State.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_RejectionOlderThanTheAssignment_CountsForNothing()
    {
        RolloutTable table = new RolloutTable(2, new WaveSpec(100)).Settle();
        table.Pass(Second);
        table.Reject(1, "unknown capability");
        table.Begin(new WaveSpec(100)); // The mend.
        table.Settle();
        table.Pass(Second);

        table.Say(1);

        Assert.Equal((RolloutPhase.Running, "aa"), (table.State.Phase, table.Phases));
        table.Report(1, 2);
        Assert.Equal("AA", table.Phases);
    }

    [Fact]
    public void Plan_RejectionOfAnAgentThatDoesNotSayOfWhich_CountsWhenItIsStillSaidAMinuteLater()
    {
        RolloutTable table = new RolloutTable(1, new WaveSpec(100)).Settle();
        table.Pass(30 * Second);
        table.Say(1, host => host with { Rejected = "no" });
        Assert.Equal("a", table.Phases);

        table.Pass(31 * Second);
        table.Say(1);

        Assert.Equal((RolloutPhase.Paused, "f"), (table.State.Phase, table.Phases));
    }

    [Fact]
    public void Plan_WhatIsSaidOfAGenerationThatTheServerNeverGave_IsNoAnswer()
    {
        RolloutTable table = new RolloutTable(2, new WaveSpec(100)).Settle();
        table.Pass(Second);

        table.Say(1, host => host with { Reported = 2, ReportedGeneration = host.Generation + 3 });
        table.Say(2, host => host with { Rejected = "of before the restore", RejectedGeneration = host.Generation + 3 });

        Assert.Equal((RolloutPhase.Running, "aa"), (table.State.Phase, table.Phases));
    }

    [Fact]
    public void Plan_ReportOfAnOlderGeneration_IsNotTakenForTheNewOne()
    {
        RolloutTable table = new(0, new WaveSpec(100));
        table.Add(1, desired: 2);

        table.Settle();

        Assert.Equal("a", table.Phases);
        table.Report(1);
        Assert.Equal("A", table.Phases);
    }

    [Fact]
    public void Plan_EvictedHost_IsCountedOutWithTheReasonAndHoldsNobodyUp()
    {
        RolloutTable table = new RolloutTable(4, new WaveSpec(50), new WaveSpec(100)).Settle();
        table.Report(1);
        table.Keep(2, "the host is evicted: stolen");
        table.Settle();

        Assert.Equal("Aoaa", table.Phases);
        Assert.Equal("the host is evicted: stolen", table.State.Targets[1].Note);
        table.Report(3, 4);
        table.Settle();
        Assert.Equal(RolloutPhase.Done, table.State.Phase);
        Assert.Contains("1 host may not come in", table.State.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_ReadmittedHost_GetsTheRevisionAfterAll()
    {
        RolloutTable table = new RolloutTable(2, new WaveSpec(100)).Settle();
        table.Keep(2, "the host is banned: lost");
        table.Settle();
        Assert.Equal("ao", table.Phases);

        table.Keep(2, null);
        table.Settle();

        Assert.Equal("aa", table.Phases);
    }

    [Fact]
    public void Plan_DeletedHost_IsCountedOut()
    {
        RolloutTable table = new RolloutTable(2, new WaveSpec(100)).Settle();
        table.Delete(1);
        table.Settle();

        Assert.Equal("oa", table.Phases);
    }

    [Fact]
    public void Plan_EvictedHostThatHadApplied_KeepsHavingDoneSo()
    {
        RolloutTable table = new RolloutTable(2, new WaveSpec(100)).Settle();
        table.Report(1);
        table.Settle();
        table.Keep(1, "the host is evicted: later");
        table.Settle();

        Assert.Equal("Aa", table.Phases);
    }

    [Fact]
    public void Begin_EvictedHost_IsLeftOut()
    {
        RolloutTable table = new(2, new WaveSpec(100));
        table.Keep(1, "the host is evicted: before");
        table.Begin(new WaveSpec(100));
        table.Settle();

        Assert.Equal("a", table.Phases);
    }

    [Fact]
    public void Begin_HostsThatAreNotLive_ComeAfterThoseThatAre()
    {
        RolloutTable table = new(4, new WaveSpec(100));
        table.Live(4, 2);

        table.Begin(new WaveSpec(50), new WaveSpec(100));

        Assert.Equal(["h02", "h04", "h01", "h03"], table.State.Targets.Select(target => target.Name));
        Assert.Equal([0, 0, 1, 1], table.State.Targets.Select(target => target.Wave));
    }

    [Fact]
    public void Plan_HostThatJoinsLater_GoesIntoTheLastWave()
    {
        RolloutTable table = new RolloutTable(2, new WaveSpec(50, PauseAfter: true), new WaveSpec(100)).Settle();
        table.Add(3);

        table.Report(1);

        Assert.Equal("App", table.Phases);
        Assert.Equal([0, 1, 1], table.State.Targets.Select(target => target.Wave));
        table.Act(RolloutVerbs.Resume);
        Assert.Equal("Aaa", table.Phases);
    }

    [Fact]
    public void Plan_HostThatJoinsAfterTheEnd_GetsTheRevision()
    {
        RolloutTable table = new RolloutTable(0, new WaveSpec(100)).Settle();
        Assert.Equal(RolloutPhase.Done, table.State.Phase);
        table.Add(1);

        table.Settle();
        table.Report(1);

        Assert.Equal((RolloutPhase.Done, "A"), (table.State.Phase, table.Phases));
    }

    [Theory]
    [InlineData(RolloutPhase.Aborted)]
    [InlineData(RolloutPhase.Superseded)]
    public void Plan_Ended_DoesNothing(RolloutPhase phase)
    {
        RolloutTable table = new(2, new WaveSpec(100));
        table.State = table.State with { Phase = phase };

        table.Settle();

        Assert.Equal("pp", table.Phases);
        Assert.Empty(table.Assigned);
    }

    [Fact]
    public void Plan_HostNoLongerSelected_HasThePolicyTakenOff()
    {
        RolloutTable table = new(1, new WaveSpec(100));
        table.Add(2, selected: false, desired: 1);
        table.Add(3, selected: false);
        table.Begin(new WaveSpec(100));

        table.Settle();
        table.Report(1, 2);

        Assert.Equal([true, false], table.State.Targets.Select(target => target.Wanted));
        Assert.Equal((RolloutPhase.Done, "AA"), (table.State.Phase, table.Phases));
    }

    [Theory]
    [InlineData(RolloutPhase.Running, "pause,abort")]
    [InlineData(RolloutPhase.Paused, "resume,abort")]
    [InlineData(RolloutPhase.Done, "")]
    [InlineData(RolloutPhase.Aborted, "")]
    [InlineData(RolloutPhase.Superseded, "")]
    public void Possible_Phase_AllowsTheseVerbs(RolloutPhase phase, string verbs) =>
        Assert.Equal(verbs, string.Join(',', RolloutVerbs.Possible(phase)));

    [Theory]
    [InlineData(1, "0", 10, 100)]
    [InlineData(4, "0011", 50, 100)]
    [InlineData(8, "01111222", 10, 60, 100)]
    [InlineData(3, "011", 1, 100)]
    [InlineData(3, "000", 99, 100)]
    public void WaveOf_Percents_RoundUp(int hosts, string expected, params int[] percents)
    {
        WaveSpec[] waves = [.. percents.Select(percent => new WaveSpec(percent))];

        string actual = string.Concat(Enumerable.Range(0, hosts).Select(index => WaveSplit.WaveOf(index, hosts, waves)));

        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("waves[0].percent|waves[1].percent", 0, 50)]
    [InlineData("waves[1].percent", 60, 60, 100)]
    [InlineData("waves[0].percent", 99)]
    [InlineData("waves[0].percent|waves[0].percent", 101)]
    [InlineData("", 1, 99, 100)]
    [InlineData("waves")]
    public void Check_Percents_NamesEveryWrongWave(string paths, params int[] percents) =>
        Assert.Equal(paths, string.Join('|', WaveSplit.Check([.. percents.Select(percent => new WaveSpec(percent))]).Select(error => error.Path)));

    [Fact]
    public void Check_BakeOutOfRange_IsAnError() =>
        Assert.Equal("waves[0].bakeSeconds", Assert.Single(WaveSplit.Check([new WaveSpec(100, -1)])).Path);

    /// <summary>Whatever happens, an assignment never comes out of its wave's turn and the planner always comes to rest.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Plan_AnyCourse_NeverAssignsALaterWaveEarly(int seed)
    {
        Random random = new(seed);
        for (int course = 0; course < 100; course++)
        {
            int hosts = random.Next(0, 12);
            RolloutTable table = new RolloutTable(hosts, new WaveSpec(25, random.Next(3)), new WaveSpec(60, PauseAfter: true), new WaveSpec(100)).Settle();
            for (int step = 0; step < 40; step++)
            {
                Step(table, random, hosts);
                Assert.DoesNotContain(table.State.Targets, target => target.Phase is not TargetPhase.Pending && target.Wave > table.State.Wave);
                Assert.Equal(table.Assigned.Count, table.Assigned.Distinct().Count());
            }
        }
    }

    private static void Step(RolloutTable table, Random random, int hosts)
    {
        IReadOnlyList<string> verbs = RolloutVerbs.Possible(table.State.Phase);
        switch (random.Next(5))
        {
            case 0 when verbs.Contains(RolloutVerbs.Resume):
                table.Act(RolloutVerbs.Resume);
                break;
            case 1 when verbs.Contains(RolloutVerbs.Pause):
                table.Act(RolloutVerbs.Pause);
                break;
            case 2 when hosts > 0:
                table.Reject(random.Next(hosts) + 1, "no");
                break;
            case 3 when hosts > 0:
                table.Report(random.Next(hosts) + 1);
                break;
            default:
                table.Pass(random.Next(200) * Second);
                break;
        }
    }
}
