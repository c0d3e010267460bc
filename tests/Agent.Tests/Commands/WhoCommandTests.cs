using System.Text.Json;
using Fleet.Agent.Local;
using Fleet.Agent.Tests.Local;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Commands;

/// <summary>'who' against a real agent.</summary>
public sealed class WhoCommandTests(SimulatedAgent agent) : IClassFixture<SimulatedAgent>, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _poking = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _poking;
        _stop.Dispose();
    }

    [Fact]
    public async Task Who_Once_ShowsTheProcessAndWhatItDid()
    {
        StartPoking();
        (int code, string output) = (-1, "");
        await WaitFor.TrueAsync( // A busy machine may have no time for the process within a window.
            async () =>
            {
                (code, output, _) = await agent.RunAsync("who --once --interval 0.3");
                return output.Contains(" read ", StringComparison.Ordinal) && output.Contains(" write ", StringComparison.Ordinal);
            },
            what: "a window has both");

        Assert.Equal(ExitCodes.Done, code);
        Assert.Matches($@"4711 +poker +1000 +{agent.Expander} +read +0x000\+4 +allow", output);
        Assert.Matches($@"4711 +poker +1000 +{agent.Expander} +write +0x{Control:x3}\+4 +(refuse|virtualise)", output);
    }

    [Fact]
    public async Task Who_OtherFunction_IsSilent()
    {
        StartPoking();
        string other = agent.Host.Inventory.Functions.First(f => f.Address.ToString() != agent.Expander).Address.ToString();
        (_, string output, _) = await agent.RunAsync($"who {other} --once --interval 0.3");

        Assert.Contains("nobody touched anything", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_Json_IsOneObjectALineUntilInterrupted()
    {
        StartPoking();
        using CancellationTokenSource interrupt = new();
        using LineReader output = new(lines => lines.Length >= 3 && lines.Any(line => line.Contains("poker", StringComparison.Ordinal)), interrupt);
        System.CommandLine.InvocationConfiguration configuration = new() { Output = output, Error = TextWriter.Null };
        int code = await Agent.Commands.AgentCommands.Create().Parse($"who --json --interval 0.1 --run {agent.Run}").InvokeAsync(configuration, interrupt.Token);

        Assert.Equal(ExitCodes.Done, code);
        AccessWindow[] windows = [.. output.Lines.Select(l => JsonSerializer.Deserialize<AccessWindow>(l, FleetJson.Options)!)];
        Assert.Contains(windows, w => w.Accesses.Any(a => a.Caller is { Pid: 4711 }));
    }

    [Theory]
    [InlineData("who --once --interval 0", "A window is")]
    [InlineData("who 0000:7f:00.0 --once", "Nearest")]
    public async Task Who_BadInput_IsRefusedWithAReason(string line, string expected)
    {
        (int code, _, string error) = await agent.RunAsync(line);

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_MoreThanTheScreenHolds_SaysHowMuchIsHidden()
    {
        AccessSeen[] accesses = [.. Enumerable.Range(0, 30).Select(i => new AccessSeen
        {
            Function = PciAddress.Parse("0000:01:00.0"), Operation = AccessOperation.Read, Offset = i, Length = 4, Decision = Decision.Allow, Count = 1,
        })];
        string text = Agent.Commands.WhoText.Write(new AccessWindow(default, 1, accesses, 7), 60, 12);

        Assert.InRange(text.Split('\n').Length, 1, 13);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 60));
        Assert.Contains("and 21 more kinds, and 7 accesses", text, StringComparison.Ordinal);
    }

    private int Control => agent.Host.Broker.Mailboxes(PciAddress.Parse(agent.Expander))[0].Offset + 8;

    private void StartPoking()
    {
        HostBroker broker = agent.Host.Broker;
        Assert.True(broker.TryGet(PciAddress.Parse(agent.Expander), out BrokeredFunction? function));
        Caller poker = new() { Pid = 4711, StartTime = 99, Uid = 1000, Comm = "poker", Exe = "/usr/bin/poker" };
        int control = Control;
        _poking = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                broker.Read(function, 0, new byte[4], poker);
                broker.Write(function, control, new byte[4], poker);
                await Task.Yield();
            }
        });
    }

    private sealed class LineReader(Func<string[], bool> isEnough, CancellationTokenSource interrupt) : StringWriter
    {
        public string[] Lines => ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            if (isEnough(Lines))
            {
                await interrupt.CancelAsync();
            }
        }
    }
}
