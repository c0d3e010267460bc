using System.Diagnostics;
using Fleet.Agent.Linux;
using Fleet.Contracts;
using Fleet.Simulator.Hardware.Hosts;

namespace Fleet.MirrorHost.Kills;

/// <summary>
/// Kills an agent under load at random moments, starts it again, and looks each time that nobody hangs, no mount is dead and the mailbox
/// answers. Run it in a mount namespace of its own.
/// </summary>
internal sealed class KillTrial(string mode, int kills, int seed)
{
    private const int Mailbox = 0x200;
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(45);

    private readonly string _place = Directory.CreateTempSubdirectory("kill-trial-").FullName;
    private readonly Random _random = new(seed);
    private readonly KillReport _report = new() { Mode = mode };
    private readonly bool _waits = mode is "wait";

    public async Task<KillReport> RunAsync()
    {
        Directory.CreateDirectory(KillPlace.Run(_place));
        using ChildProgram device = await ChildProgram.StartAsync("device", KillPlace.Device(_place), KillPlace.Tree(_place));
        ChildProgram agent = await ChildProgram.StartAsync("agent", _place, mode);
        string config = KillPlace.Config(_place, SmallHost.Drive.ToString());
        Writer writer = new(config, check: mode is not "open"); // open lets it write to the tree's own file meanwhile
        Caller[] callers = [new HoldingReader(config, 0xa80a_144d, mayBeRaw: mode is "open", _waits), new OpeningReader(config, _waits), writer];
        await using Exchanger exchanger = new(KillPlace.AgentSocket(_place), SmallHost.Drive, Mailbox);
        foreach (Caller caller in callers)
        {
            caller.Start();
        }

        exchanger.Start();
        string features = await exchanger.DiscoverAsync();
        Note(features.StartsWith('!'), $"before the first kill the mailbox does not answer: {features}");
        for (int kill = 0; kill < kills && _report.Hung is 0; kill++)
        {
            await PauseAsync(300);
            _report.MidExchange += exchanger.UnderWay ? 1 : 0;
            agent.Kill();
            agent.Dispose();
            _report.Kills++;
            await PauseAsync(300);
            agent = await ChildProgram.StartAsync("agent", _place, mode);
            await CheckAsync(agent, callers, exchanger, features, kill);
        }

        await FinishAsync(agent, callers, writer);
        return _report;
    }

    private async Task PauseAsync(int most) => await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(most)), TimeProvider.System);

    private async Task CheckAsync(ChildProgram agent, Caller[] callers, Exchanger exchanger, string features, int kill)
    {
        // One who waits for his turn too long is told so: on a busy machine that says nothing of the mailbox.
        string found = "";
        for (long began = Stopwatch.GetTimestamp(); (found = await exchanger.DiscoverAsync()) != features && Stopwatch.GetElapsedTime(began) < HangLimit;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        if (found != features)
        {
            _report.UnusableMailboxes++;
            _report.Wrong.Add($"after kill {kill} the mailbox says '{found}' in place of '{features}'");
        }

        // Every bind answers again, and each caller gets on.
        foreach (MountEntry mount in MountTable.Of(KillPlace.MountType, Path.Combine(KillPlace.Run(_place), "pci")))
        {
            int error = Posix.Probe(mount.Mountpoint);
            _report.DeadMounts += error is 0 ? 0 : 1;
            Note(error is not 0, $"after kill {kill} the mount at {mount.Mountpoint} says {error}");
        }

        long[] before = [.. callers.Select(caller => caller.Calls)];
        long start = Stopwatch.GetTimestamp();
        while (callers.Where((caller, index) => caller.Calls < before[index] + 2).Any() && Stopwatch.GetElapsedTime(start) < HangLimit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        foreach (Caller stuck in callers.Where((caller, index) => caller.Calls < before[index] + 2))
        {
            _report.Hung++;
            _report.Wrong.Add($"after kill {kill} the {stuck.Name} is in one call for {stuck.InCall.TotalSeconds:0} s:\n{string.Join('\n', agent.Lines.TakeLast(20))}");
        }
    }

    private async Task FinishAsync(ChildProgram agent, Caller[] callers, Writer writer)
    {
        foreach (Caller caller in callers)
        {
            caller.RequestStop();
        }

        bool ended = callers.All(caller => caller.Join(HangLimit));
        Note(!ended, "a caller did not end");
        if (!ended)
        {
            FreeCallers();
        }

        _report.Calls = callers.Sum(caller => caller.Calls);
        _report.Failures = callers.Sum(caller => caller.Failures);
        _report.UnknownWrites = writer.Unknown;
        _report.LongestCallSeconds = callers.Max(caller => caller.Longest.TotalSeconds);
        _report.Wrong.AddRange(callers.Where(caller => caller.Wrong is not null).Select(caller => $"{caller.Name}: {caller.Wrong}"));
        agent.Stop();
        agent.Dispose();
        _report.UnknownEvents = File.Exists(KillPlace.Events(_place))
            ? File.ReadLines(KillPlace.Events(_place)).Count(line => line is EventKinds.AccessUnknown)
            : 0;
        for (long began = Stopwatch.GetTimestamp(); GuardianLives && Stopwatch.GetElapsedTime(began) < HangLimit;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System); // It ends because the agent did, and so after it.
        }

        IReadOnlyList<MountEntry> left = MountTable.Of(KillPlace.MountType, Path.Combine(KillPlace.Run(_place), "pci"));
        _report.DeadMounts += left.Count;
        Note(left.Count > 0, $"{left.Count} mounts are left after the agent was stopped");
        Note(GuardianLives, "the guardian did not end with the agent");
        if (_report.Wrong.Count is 0)
        {
            Directory.Delete(_place, recursive: true);
        }
        else
        {
            _report.Wrong.Add($"what it left is in {_place}");
        }
    }

    private bool GuardianLives
    {
        get
        {
            using AgentLock? free = AgentLock.TryTake(Path.Combine(KillPlace.Run(_place), "guardian.lock"), out _);
            return free is null && File.Exists(Path.Combine(KillPlace.Run(_place), "guardian.sock"));
        }
    }

    // Or this very process could not end.
    private void FreeCallers()
    {
        foreach (MountEntry mount in MountTable.Of(KillPlace.MountType, Path.Combine(KillPlace.Run(_place), "pci")))
        {
            FuseDevice.TryAbort(mount.DeviceMinor);
        }
    }

    private void Note(bool happened, string wrong)
    {
        if (happened)
        {
            _report.Wrong.Add(wrong);
        }
    }
}
