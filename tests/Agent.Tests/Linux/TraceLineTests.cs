using Fleet.Agent.Linux.Sensors;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Tests.Linux;

/// <summary>Lines of trace_pipe as kernels 6.1 to 7.3 write them, and as processes with odd names bend them.</summary>
public sealed class TraceLineTests
{
    private const string Write = """          setpci-121     [000] .....     7.243273: pcifleet_write: (pci_write_config+0x0/0x260) dev="0000:0d:00.0" off=0x198 count=4 uid=0""";

    private static readonly PciAddress Function = PciAddress.Parse("0000:0d:00.0");

    [Fact]
    public void TryParse_Write_GivesWhoWhatAndWhere() =>
        Assert.Equal(new TraceLine(121, "setpci", Function, AccessOperation.Write, 0x198, 4, 0, Proc: false), Parse(Write));

    [Fact]
    public void TryParse_WithoutTypeInformation_HasNoUser() =>
        Assert.Equal(
            new TraceLine(125, "lspci", Function, AccessOperation.Read, 0, 64, null, Proc: false),
            Parse("""           lspci-125     [001] .....     7.649775: pcifleet_read: (pci_read_config+0x0/0x2e0) dev="0000:0d:00.0" off=0x0 count=64"""));

    [Theory]
    [InlineData("0d", "0000:0d:00.0")]
    [InlineData("0001:0d", "0001:0d:00.0")]
    [InlineData("10000:e1", "10000:e1:00.0")]
    public void TryParse_ByProc_PutsTheAddressTogether(string bus, string address)
    {
        TraceLine line = Parse($"""setpci-154 [000] ..... 16.541976: pcifleet_proc_write: (proc_bus_pci_write+0x0/0x2b0) bus="{bus}" slot="00.0" off=0x198 count=4 uid=1000""");

        Assert.Equal((PciAddress.Parse(address), true, 1000u), (line.Function, line.Proc, line.Uid));
    }

    [Theory]
    [InlineData("a-1 [001] x", 121)]
    [InlineData(": pcifleet_wri", 121)]
    [InlineData("two  words-9", 121)]
    [InlineData("-", 121)]
    [InlineData("", 121)]
    public void TryParse_NameMadeToDeceive_KeepsTheKernelsThreadId(string name, int tid) =>
        Assert.Equal(tid, Parse(Write.Replace("setpci", name, StringComparison.Ordinal)).Tid);

    [Fact]
    public void TryParse_WithGroupIds_KeepsTheThreads() =>
        Assert.Equal(121, Parse(Write.Replace("-121  ", "-121  (    118)", StringComparison.Ordinal)).Tid);

    [Theory]
    [InlineData(4090, 64, 6)] // cut where the space ends, as the kernel cuts it
    [InlineData(4095, 1, 1)]
    [InlineData(0, 9_000, 4096)]
    public void TryParse_AtTheEnd_IsCut(int offset, int count, int length)
    {
        TraceLine line = Parse(Write.Replace("off=0x198 count=4", $"off=0x{offset:x} count={count}", StringComparison.Ordinal));

        Assert.Equal((offset, length), (line.Offset, line.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("CPU:0 [LOST 12 EVENTS]")]
    [InlineData("setpci-121 [000] ..... 7.2: sched_switch: prev_comm=x")]
    [InlineData(": pcifleet_write: (")]
    [InlineData("""x-1 [0] .. 1.0: pcifleet_write: (f) dev=(fault) off=0x0 count=4""")]
    [InlineData("""x-1 [0] .. 1.0: pcifleet_write: (f) dev="0000:0d:00.0" off=0x1000 count=4""")]
    [InlineData("""x-1 [0] .. 1.0: pcifleet_write: (f) dev="0000:0d:00.0" off=0xffffffffffffffffff count=4""")]
    [InlineData("""x-0 [0] .. 1.0: pcifleet_write: (f) dev="0000:0d:00.0" off=0x0 count=4""")]
    public void TryParse_AnythingElse_IsNoHit(string text) => Assert.False(TraceLine.TryParse(text, out _));

    [Fact]
    public void TryParse_AnyText_DoesNotThrowAndStaysInTheSpace()
    {
        Random random = new(7);
        for (int i = 0; i < 200_000; i++)
        {
            char[] text = Write[..random.Next(Write.Length + 1)].ToCharArray();
            for (int changes = random.Next(6); changes > 0 && text.Length > 0; changes--)
            {
                text[random.Next(text.Length)] = (char)random.Next(256);
            }

            if (TraceLine.TryParse(new string(text), out TraceLine line))
            {
                Assert.InRange(line.Offset, 0, 4095);
                Assert.InRange(line.Length, 0, 4096 - line.Offset);
                Assert.InRange(line.Comm.Length, 0, 15);
            }
        }
    }

    [Theory]
    [InlineData("          setpci-235     [000] ..... 7.2: sched_process_exec: filename=/usr/bin/setpci pid=235 old_pid=235", 235, "/usr/bin/setpci")]
    [InlineData("x-235 [000] ..... 7.2: sched_process_exec: filename=/opt/a b pid=7 old_pid=7 pid=235 old_pid=236", 235, "/opt/a b pid=7 old_pid=7")]
    public void TryParse_Exec_GivesTheProgram(string text, int pid, string path)
    {
        Assert.True(ExecLine.TryParse(text, out int parsed, out string program));
        Assert.Equal((pid, path), (parsed, program));
    }

    [Theory]
    [InlineData("x-235 [000] ..... 7.2: sched_process_exec: filename=")]
    [InlineData("x-235 [000] ..... 7.2: sched_process_exec: filename=/bin/x pid=-1 old_pid=1")]
    [InlineData(" pid=1: sched_process_exec: filename=")]
    public void TryParse_NoWholeExec_IsNone(string text) => Assert.False(ExecLine.TryParse(text, out _, out _));

    [Theory]
    [InlineData("            bash-231     [000] .....    17.243273: pcifleet_reset: (pci_reset_function+0x0/0x110) dev='0000:0d:00.0'", true)]
    [InlineData("a: pcifleet_reset: ( dev='0000:01:00.0-231 [000] ..... 17.2: pcifleet_reset: (pci_reset_function+0x0/0x110) dev='0000:0d:00.0'", true)]
    [InlineData("bash-231 [000] ..... 17.243273: pcifleet_reset: (pci_reset_function+0x0/0x110) dev=(fault)", false)]
    [InlineData(" dev='0000:0d:00.0'-231 [000] ..... 17.243273: pcifleet_reset: (pci_reset_function+0x0/0x110)", false)]
    [InlineData("", false)]
    public void TryParse_Reset_GivesTheFunction(string text, bool expected)
    {
        Assert.Equal(expected, ResetLine.TryParse(text.Replace('\'', '"'), out PciAddress function));
        Assert.Equal(expected ? Function : default, function);
    }

    [Fact]
    public void CountLost_StatsOfACpu_AreOverrunsAndDrops() =>
        Assert.Equal(19, TraceInstance.CountLost("entries: 5\noverrun: 12\ncommit overrun: 3\nbytes: 100\ndropped events: 7\nread events: 9"));

    private static TraceLine Parse(string text)
    {
        Assert.True(TraceLine.TryParse(text, out TraceLine line), text);
        return line;
    }
}
