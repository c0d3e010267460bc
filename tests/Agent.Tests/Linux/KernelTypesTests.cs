using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Fleet.Agent.Linux.Sensors;

namespace Fleet.Agent.Tests.Linux;

/// <summary>Type information of kernels: a small one made here, and this machine's.</summary>
public sealed class KernelTypesTests
{
    private const uint Structure = 4u << 24;
    private const uint Integer = 1u << 24;

    [Theory]
    [InlineData("first", 0)]
    [InlineData("last", 24)]
    [InlineData("inner", 12)] // in a nameless part at 8, 4 bytes into it
    public void OffsetOf_Member_IsCountedFromTheStart(string member, int expected) =>
        Assert.Equal(expected, KernelTypes.TryParse(Sample())!.OffsetOf("outside", member));

    [Theory]
    [InlineData("outside", "nothing")]
    [InlineData("nothing", "first")]
    [InlineData("outsid", "first")]
    public void OffsetOf_WhatIsNotThere_IsNone(string structure, string member) =>
        Assert.Null(KernelTypes.TryParse(Sample())!.OffsetOf(structure, member));

    [Fact]
    public void TryParse_TruncatedAnywhere_IsRefusedOrFindsNothingWrong()
    {
        byte[] sample = Sample();
        for (int length = 0; length < sample.Length; length++)
        {
            Assert.Null(KernelTypes.TryParse(sample[..length]));
        }
    }

    [Fact]
    public void TryParse_AnyBytes_DoesNotThrow()
    {
        Random random = new(11);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bytes = Sample();
            for (int flips = 1 + random.Next(6); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            _ = KernelTypes.TryParse(bytes)?.OffsetOf("outside", "inner");
        }
    }

    [Fact]
    public void TryRead_ThisKernel_KnowsWhatProbesFollow()
    {
        KernelTypes? types = KernelTypes.TryRead();
        Assert.SkipWhen(types is null, "this kernel has no type information");

        ProbeLines lines = ProbeLines.Compose(types, registers: false, Architecture.X64);

        Assert.Contains(" uid=+", lines.Write, StringComparison.Ordinal);
        Assert.Contains("bus=+0(+", lines.ProcWrite, StringComparison.Ordinal);
        Assert.Contains("pci_reset_function dev=+0(+", lines.Reset, StringComparison.Ordinal);
        Assert.Equal(0, types.OffsetOf("kobject", "name"));
    }

    [Fact]
    public void Compose_WithoutTypesByRegister_NamesTheArchitecturesOwn()
    {
        ProbeLines intel = ProbeLines.Compose(null, registers: true, Architecture.X64);
        ProbeLines arm = ProbeLines.Compose(null, registers: true, Architecture.Arm64);

        Assert.Equal("p:pcifleet/pcifleet_write pci_write_config dev=+0(+0(%si)):string off=%r8:x64 count=%r9:u64", intel.Write);
        Assert.Equal("p:pcifleet/pcifleet_read pci_read_config dev=+0(+0(%x1)):string off=%x4:x64 count=%x5:u64", arm.Read);
        Assert.Null(intel.ProcWrite);
        Assert.Null(intel.Reset);
    }

    // struct outside { int first; struct { int pad; int inner; } at 8; int last at 24; }
    private static byte[] Sample()
    {
        byte[] names = Encoding.ASCII.GetBytes("\0int\0first\0inner\0last\0outside\0");
        uint Name(string text) => (uint)Encoding.ASCII.GetString(names).IndexOf($"\0{text}\0", StringComparison.Ordinal) + 1;
        uint[] types =
        [
            Name("int"), Integer, 4, 0x20,
            0, Structure | 1, 8, Name("inner"), 1, 32,
            Name("outside"), Structure | 3, 28, Name("first"), 1, 0, 0, 2, 64, Name("last"), 1, 192,
        ];
        List<byte> bytes = [0x9f, 0xeb, 1, 0];
        foreach (uint word in (uint[])[24, 0, (uint)types.Length * 4, (uint)types.Length * 4, (uint)names.Length, .. types])
        {
            byte[] four = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(four, word);
            bytes.AddRange(four);
        }

        return [.. bytes, .. names];
    }
}
