using System.CommandLine;
using Fleet.Agent.Commands;
using Fleet.Agent.Local;
using Fleet.Agent.Tests.Uplink;

namespace Fleet.Agent.Tests.Commands;

public sealed class CommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("devices")]
    [InlineData("claims")]
    [InlineData("doctor")]
    [InlineData("release 1")]
    [InlineData("device 0000:01:00.0")]
    [InlineData("doe discover 0000:01:00.0 0x200")]
    [InlineData("doe exchange 01:00.0 0x200 0001:01 --hex 10840000")]
    [InlineData("doe cdat 01:00.0")]
    [InlineData("state")]
    [InlineData("who")]
    [InlineData("claim 01:00.0 --whole --reason r")]
    public async Task Command_NoAgent_NamesTheSocketAndWhatToDo(string line)
    {
        (int code, _, string error) = await RunAsync($"{line} --run {_directory.Path}");

        Assert.Equal(ExitCodes.NoAgent, code);
        Assert.Contains(_directory.File("agent.sock"), error, StringComparison.Ordinal);
        Assert.Contains("fleet-agent run", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claim 0000:01:00.0 0x208 --reason r", "is not a region")]
    [InlineData("claim nonsense 0x208+16 --reason r", "is not a PCI address")]
    [InlineData("claim 0000:01:00.0 0x208+16 --reason r --for soon", "is not a duration")]
    [InlineData("claim 01:00.0 --reason r", "No region is named")]
    [InlineData("claim 01:00.0 0x40+4 --whole --reason r", "Several regions are named")]
    [InlineData("claim 01:00.0 --doe --bar 0 --reason r", "Several regions are named")]
    [InlineData("claim 01:00.0 --ext nonsense --reason r", "is not an extended capability")]
    [InlineData("device 1:0.0", "is not a PCI address")]
    [InlineData("who nonsense", "is not a PCI address")]
    [InlineData("doe discover 0000:01:00.0 zz", "is not an offset")]
    [InlineData("doe exchange 01:00.0 0x200 1:1 --hex 00", "is not a feature")]
    [InlineData("doe exchange 01:00.0 0x200 0001:01", "--hex or --file")]
    [InlineData("doe exchange 01:00.0 0x200 0001:01 --hex 1", "hexadecimal")]
    [InlineData("doe exchange 01:00.0 0x200 0001:01 --file nowhere.bin", "cannot be read")]
    public async Task Command_BadArgument_SaysWhatOneLooksLike(string line, string expected)
    {
        (int code, _, string error) = await RunAsync($"{line} --run {_directory.Path}");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_Root_HasExamplesAndExitCodes()
    {
        (int code, string output, _) = await RunAsync("--help");

        Assert.Equal(0, code);
        Assert.Contains("fleet-agent doe discover", output, StringComparison.Ordinal);
        Assert.Contains("Exit codes", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete -F _fleet_agent fleet-agent")]
    [InlineData("zsh", "compdef _fleet_agent fleet-agent")]
    public async Task Completion_Shell_PrintsItsScript(string shell, string expected)
    {
        (int code, string output, _) = await RunAsync($"completion {shell}");

        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claim x --on-write ", "virtualise")]
    [InlineData("run --mode ", "observe")]
    [InlineData("recorder ", "bundles")]
    public void Completion_Word_IsOffered(string line, string expected) =>
        Assert.Contains(AgentCommands.Create().Parse(line).GetCompletions(line.Length), c => c.Label == expected);

    [Fact]
    public async Task Run_WordThatIsNone_NamesThoseThatAre()
    {
        (int code, _, string error) = await RunAsync("run --mode unknown");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("observe, shadow, enforce", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ServerIsNoUrl_IsAUsageError()
    {
        (int code, _, string error) = await RunAsync("run --server nowhere");

        Assert.NotEqual(0, code);
        Assert.Contains("https://HOST:PORT", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DataDirectoryCannotBeMade_SaysSoAndExits()
    {
        string file = _directory.File("file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        (int code, _, string error) = await RunAsync($"run --no-mirror --data {file} --run {_directory.File("run")}");

        Assert.Equal(ExitCodes.CannotStart, code);
        Assert.Contains(file, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0x208+16", true, 0x208, 16)]
    [InlineData("520+0x10", true, 520, 16)]
    [InlineData("+16", false, 0, 0)]
    [InlineData("0x208+0", false, 0, 0)]
    [InlineData("-1+4", false, 0, 0)]
    [InlineData("0xffffffff+1", false, 0, 0)]
    public void TryRegion_Text_ParsesOrRefuses(string text, bool ok, int offset, int length)
    {
        bool parsed = Notation.TryRegion(text, out int first, out int bytes);

        Assert.Equal(ok, parsed);
        if (ok)
        {
            Assert.Equal((offset, length), (first, bytes));
        }
    }

    [Fact]
    public void Write_ControlCharacters_DoNotReachTheTerminal() =>
        Assert.DoesNotContain('\u001b', TextTable.Write(["A"], [["\u001b[31mred"]]));

    private static async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        InvocationConfiguration configuration = new() { Output = output, Error = error };
        int code = await AgentCommands.Create().Parse(line).InvokeAsync(configuration, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
