using Fleet.Agent.Linux;
using Fleet.Contracts;

namespace Fleet.Agent.Tests.Linux;

public sealed class CallerReaderTests
{
    [Fact]
    public void Read_ThisProcess_IsNamed()
    {
        Caller caller = CallerReader.Read(Environment.ProcessId, 42, out _);

        Assert.Equal(Environment.ProcessId, caller.Pid);
        Assert.Equal(42u, caller.Uid);
        Assert.Equal(Environment.ProcessPath, caller.Exe);
        Assert.NotEqual(0ul, caller.StartTime);
        Assert.InRange(caller.Comm.Length, 1, 15);
        Assert.NotEqual(0, caller.SessionId);
    }

    [Theory]
    [InlineData(0)] // outside of our pid namespace
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public void Read_NobodyThere_IsUnknownAndUnprivileged(int tid)
    {
        Caller caller = CallerReader.Read(tid, 0, out bool privileged);

        Assert.Equal("unknown", caller.Comm);
        Assert.False(privileged);
    }

    [Theory]
    [InlineData("12 (a) b) (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 9876 20", 9876ul)]
    [InlineData("12 (short) S 1 2", 0ul)]
    [InlineData("", 0ul)]
    public void ParseStartTime_NameWithParentheses_IsFoundBehindIt(string stat, ulong expected)
    {
        Assert.Equal(expected, CallerReader.ParseStartTime(stat));
    }

    [Theory]
    [InlineData("12 (a) b) S 1 12 777 0 -1", 777)]
    [InlineData("12 (a) S 1 12 0 0 -1", null)] // its leader is outside of our pid namespace
    [InlineData("12 (a) S 1", null)]
    public void ParseSession_Stat_IsTheLeadersPid(string stat, int? expected)
    {
        Assert.Equal(expected, CallerReader.ParseSession(stat));
    }
}
