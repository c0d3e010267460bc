using System.Diagnostics;
using System.Globalization;
using Fleet.Agent.Fuse;
using Fleet.Agent.Linux;
using Fleet.Contracts;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Fuse;

public sealed class OpenCallersTests
{
    private const string LastPid = "/proc/sys/kernel/ns_last_pid"; // the next process gets the next free number after it

    [Fact]
    public async Task Find_NumberOfTheOpenerGivenAgain_IsTheNewProcess()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists(LastPid), "needs root, to choose the number of a process");
        (OpenCallers callers, Caller before, Process later) = await GiveNumberAgainAsync();
        using (later)
        {
            // That it is still the same is looked up now and then: no machine gives a number again sooner than that.
            await WaitFor.TrueAsync(() => callers.Find(later.Id, 0).StartTime != before.StartTime);
            Caller after = callers.Find(later.Id, 0);
            later.Kill();

            Assert.Equal("sleep", before.Comm);
            Assert.Equal("tail", after.Comm);
            Assert.Equal(before.Pid, after.Pid);
        }
    }

    [Fact]
    public void Find_AnotherThreadOfTheOpener_IsTheOpener()
    {
        OpenCallers callers = new(Environment.ProcessId, 0, new ExecutableHashes());
        string finalizer = Directory.EnumerateDirectories("/proc/self/task").First(task => File.ReadAllText(Path.Combine(task, "comm")) is ".NET Finalizer\n"); // one that does not end
        int other = int.Parse(Path.GetFileName(finalizer), CultureInfo.InvariantCulture);

        Assert.Same(callers.Find(Environment.ProcessId, 0), callers.Find(other, 0));
    }

    [Fact]
    public void Find_OpenerWithAnotherUser_IsToldApart()
    {
        OpenCallers callers = new(Environment.ProcessId, 0, new ExecutableHashes());

        Assert.Equal(7u, callers.Find(Environment.ProcessId, 7).Uid);
        Assert.Equal(0u, callers.Find(Environment.ProcessId, 0).Uid);
    }

    [Fact]
    public void Find_OutsideOfOurPidNamespace_IsUnknown()
    {
        OpenCallers callers = new(0, 0, new ExecutableHashes());

        Assert.False(callers.Privileged);
        Assert.Equal("unknown", callers.Find(0, 0).Comm);
    }

    /// <summary>An opener that has ended, and a process with its number. Others start processes too and may be given it, so it takes a few attempts.</summary>
    private static async Task<(OpenCallers Callers, Caller Before, Process Later)> GiveNumberAgainAsync()
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            using Process opener = await Programs.RunAsync("sleep", "600");
            OpenCallers callers = new(opener.Id, 0, new ExecutableHashes());
            Caller before = callers.Find(opener.Id, 0);
            End(opener);
            File.WriteAllText(LastPid, (opener.Id - 1).ToString(CultureInfo.InvariantCulture));
            Process later = await Programs.RunAsync("tail", "-f", "/dev/null");
            if (later.Id == opener.Id && CallerReader.ReadStartTime(later.Id) != before.StartTime)
            {
                return (callers, before, later);
            }

            End(later);
            later.Dispose();
        }
    }

    private static void End(Process process)
    {
        process.Kill();
        process.WaitForExit();
    }
}
