using System.Text.RegularExpressions;
using Fleet.Agent.Local;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;

namespace Fleet.EndToEnd.Tests;

/// <summary>
/// Programs written for one initiator drive the same mailbox by raw register accesses: real processes, through the mirror, a thousand
/// exchanges each. With the broker every answer is the right one; without it some are not, and the agent says whose fault it is.
/// </summary>
public sealed partial class SharedMailboxTests
{
    private const int Exchanges = 1_000;
    private const int MostTrials = 10;

    /// <summary>What a tool is told that goes on when an answer is not its own or does not come; the device answers within a millisecond.</summary>
    internal static readonly string[] Careless = ["--patient", "--go-on", "--limit", "10"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mailbox_DrivenByTwoTools_AnswersEachRightly()
    {
        Places.NeedMounts();
        await using SimulatedMachine machine = await SimulatedMachine.StartAsync("two-tools", EnforcementMode.Enforce);

        Output[] tools = await Task.WhenAll(
            machine.DriveAsync("--name", "1", "--count", $"{Exchanges}"), machine.DriveAsync("--name", "2", "--count", $"{Exchanges}", "--words", "7"));

        Assert.All(tools, tool => Assert.Equal($"right={Exchanges}", tool.Succeeded().Trim()));
        Assert.DoesNotContain(machine.Events(), entry => entry.Kind == EventKinds.MailboxFault);
    }

    [Fact]
    public async Task Mailbox_DrivenByAToolBesideDiscovery_AnswersBothRightly()
    {
        Places.NeedMounts();
        await using SimulatedMachine machine = await SimulatedMachine.StartAsync("beside-discovery", EnforcementMode.Enforce);
        using LocalClient agent = machine.Connect();

        Task<Output> tool = machine.DriveAsync("--count", $"{Exchanges}", "--discover");
        int discovered = 0;
        for (; !tool.IsCompleted || discovered * 3 < Exchanges; discovered++)
        {
            LocalDiscovery found = await agent.PostAsync<LocalDiscovery>(
                "/v1/doe/discover", machine.Mailbox, Ct);
            Assert.Equal((null, "0001:00 0001:01 15b3:01"), (found.Failure, string.Join(' ', found.Features)));
        }

        Assert.Equal($"right={Exchanges + 6}", (await tool).Succeeded().Trim());
        Assert.DoesNotContain(machine.Events(), entry => entry.Kind == EventKinds.MailboxFault);
    }

    [Fact]
    public async Task Mailbox_OfAToolThatReopensTheFileForTheAnswer_AnswersRightly()
    {
        Places.NeedMounts();
        await using SimulatedMachine machine = await SimulatedMachine.StartAsync("reopening", EnforcementMode.Enforce);

        Output[] tools = await Task.WhenAll(
            machine.DriveAsync("--name", "1", "--count", $"{Exchanges}", "--reopen"), machine.DriveAsync("--name", "2", "--count", $"{Exchanges}"));

        Assert.All(tools, tool => Assert.Equal($"right={Exchanges}", tool.Succeeded().Trim()));
    }

    [Fact]
    public async Task Mailbox_OfToolsThatThrowOnBusy_IsNeverBusyForThem()
    {
        Places.NeedMounts();
        await using SimulatedMachine machine = await SimulatedMachine.StartAsync("never-busy", EnforcementMode.Enforce);
        const int Each = 25;

        // Many short lives: the first look of each is at a mailbox that works for another.
        Task<Output> busy = machine.DriveAsync("--name", "1", "--count", $"{Exchanges}", "--words", "64");
        List<Output> tools = [];
        for (int tool = 0; tool < Exchanges / Each; tool++)
        {
            tools.Add(await machine.DriveAsync("--name", $"{tool + 2}", "--count", $"{Each}"));
        }

        Assert.All(tools, tool => Assert.Equal($"right={Each}", tool.Succeeded().Trim()));
        Assert.Equal($"right={Exchanges}", (await busy).Succeeded().Trim());
    }

    [Fact]
    public async Task Mailbox_OfASetpciScript_AnswersRightlyBesideATool()
    {
        Places.NeedMounts();
        Places.NeedProgram("setpci");
        await using SimulatedMachine machine = await SimulatedMachine.StartAsync("setpci-script", EnforcementMode.Enforce);

        // Every register access is a process of its own; what they have in common is the session. 145 exchanges of 7 writes.
        const int Rounds = 145;
        const string Script = """
            reg() { setpci -O sysfs.path="$1" -s 02:00.0 "$2"; }
            right=0
            for round in $(seq "$2"); do
                value=$(printf '%08x' $((round * 65537)))
                reg "$1" 1d0.L=000115b3
                reg "$1" 1d0.L=00000003
                reg "$1" 1d0.L=$value
                reg "$1" 1c8.L=80000000
                until (( 0x$(reg "$1" 1cc.L) & 0x80000004 )); do :; done
                answer=
                for dword in 1 2 3; do
                    answer+=" $(reg "$1" 1d4.L)"
                    reg "$1" 1d4.L=0
                done
                [[ $answer == " 000115b3 00000003 $value" ]] && right=$((right + 1)) || echo "$round:$answer instead of $value" >&2
            done
            echo $right
            """;
        Task<Output> tool = machine.DriveAsync("--count", $"{Exchanges}");
        Output script = await Shell.RunAsync(TimeSpan.FromMinutes(3), "setsid", "--wait", "bash", "-c", Script, "script", machine.Mirror, $"{Rounds}");

        Assert.Equal(($"{Rounds}", ""), (script.Succeeded().Trim(), script.Errors));
        Assert.Equal($"right={Exchanges}", (await tool).Succeeded().Trim());
    }

    [Fact]
    public async Task Mailbox_DrivenByTwoToolsUnderObserve_GoesWrongAndTheAgentNamesThem()
    {
        Places.NeedMounts();
        await using SimulatedMachine machine = await SimulatedMachine.StartAsync("observed", EnforcementMode.Observe);
        string[] careless = ["--count", $"{Exchanges}", .. Careless];

        Output[] tools = await MeetingAsync(
            () => Task.WhenAll(machine.DriveAsync(["--name", "1", .. careless]), machine.DriveAsync(["--name", "2", .. careless])), tool => WentWrong().IsMatch(tool.Text));

        // An answer that another took away may be told by its absence alone, but one that is not whole or not its own cannot be the machine's doing.
        Assert.All(tools, tool => Assert.Equal(1, tool.Status));
        Assert.All(tools, tool => Assert.Matches(WentWrong(), tool.Text));
        await Testing.WaitFor.TrueAsync(() => machine.Events().Any(e => e.Kind == EventKinds.MailboxFault));
        FleetEvent fault = machine.Events().First(entry => entry.Kind == EventKinds.MailboxFault);
        Assert.Equal((SimulatedMachine.Adapter, SimulatedMachine.MailboxOffset), (fault.Function, fault.Offset));
        Assert.Matches(@"^Interleaved: doe-tool \(pid \d+, uid 0\) .+ while an exchange of doe-tool \(pid \d+, uid 0\) was under way", fault.Detail);
    }

    [Fact]
    public async Task Discovery_BesideAToolUnderObserve_FailsAndTheAgentNamesTheTool()
    {
        Places.NeedMounts();
        await using SimulatedMachine machine = await SimulatedMachine.StartAsync("observed-discovery", EnforcementMode.Observe);
        using LocalClient agent = machine.Connect();

        Task<Output> tool = machine.DriveAsync(["--count", $"{Exchanges}", .. Careless]);
        FleetEvent? named = null;
        await Testing.WaitFor.TrueAsync(
            async () =>
            {
                if (tool.IsCompleted)
                {
                    tool = machine.DriveAsync(["--count", $"{Exchanges}", .. Careless]);
                }

                await agent.PostAsync<LocalDiscovery>("/v1/doe/discover", machine.Mailbox, Ct);
                named = machine.Events().FirstOrDefault(e => e.Kind == EventKinds.MailboxFault && e.Detail!.Contains("Cause: broker client: doe-tool (pid", StringComparison.Ordinal));
                return named is not null;
            },
            TimeSpan.FromMinutes(2),
            "the agent names the tool");
        await tool;
    }

    /// <summary>Runs tools beside each other until each of them came out so: of two that a busy machine runs one after the other, neither meets the other.</summary>
    internal static async Task<Output[]> MeetingAsync(Func<Task<Output[]>> run, Func<Output, bool> isSo)
    {
        Output[] tools = [];
        for (int trial = 0; trial is 0 || (trial < MostTrials && !tools.All(isSo)); trial++)
        {
            tools = await run();
        }

        return tools;
    }

    [GeneratedRegex("(garbled|short|wrong)=[1-9]")]
    private static partial Regex WentWrong();
}
