using Fleet.Agent.Linux;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Tests.Linux;

/// <summary>The machine the tests run on; every write is checked not to reach it.</summary>
public sealed class LinuxHardwareTests : IDisposable
{
    private readonly LinuxHardware _hardware = new(new LinuxHardwareOptions { ReadOnly = true }, TimeProvider.System);

    [Fact]
    public void ReadFacts_ThisHost_IsNamedWithItsKernel()
    {
        HostFacts facts = _hardware.ReadFacts();

        Assert.NotEmpty(facts.Name);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), facts.Kernel);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), facts.BootId);
        Assert.Contains(facts.Lockdown, (string[])["none", "integrity", "confidentiality", "unknown"]);
        Assert.All(facts.Reduced, sentence => Assert.EndsWith(".", sentence, StringComparison.Ordinal));
        Assert.True(facts.Lockdown is "none" || facts.Reduced.Any(sentence => sentence.Contains("lockdown", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Addresses_ThisHost_AreThoseOfSysfsInOrder()
    {
        Assert.SkipUnless(Directory.Exists("/sys/bus/pci/devices"), "this machine has no PCI bus");

        IEnumerable<string> expected = Directory.GetFileSystemEntries("/sys/bus/pci/devices").Select(path => Path.GetFileName(path)!);

        Assert.Equal(expected.Order(StringComparer.Ordinal), _hardware.Addresses().Select(address => address.ToString()));
    }

    [Fact]
    public void ReadFunction_EachOfThisHost_AgreesWithSysfs()
    {
        Assert.SkipWhen(_hardware.Addresses().Count is 0, "this machine has no PCI function");
        Assert.All(_hardware.Addresses(), address =>
        {
            FunctionFacts facts = _hardware.ReadFunction(address, null);

            Assert.Equal(File.ReadAllText($"/sys/bus/pci/devices/{address}/vendor").Trim(), $"0x{facts.VendorId}");
            Assert.Equal(File.ReadAllText($"/sys/bus/pci/devices/{address}/class").Trim(), $"0x{facts.ClassCode}");
            Assert.Contains(facts.Config, range => range.Offset is 0 && range.Hex.Length >= 128);
        });
    }

    [Fact]
    public void Open_RealFunction_AnswersWritesReadOnly()
    {
        Assert.SkipWhen(_hardware.Addresses().Count is 0, "this machine has no PCI function");

        IConfigSpace space = _hardware.Open(_hardware.Addresses()[0]);

        // Of no length: even if it were not refused, no byte could reach the function.
        Assert.Equal(ConfigStatus.ReadOnly, space.Write(0, []).Status);
        ((IDisposable)space).Dispose();
    }

    [Fact]
    public void ReadFunction_NoSuchFunction_Throws()
    {
        Assert.Throws<DirectoryNotFoundException>(() => _hardware.ReadFunction(PciAddress.Parse("7fffffff:ff:1f.7"), null));
    }

    public void Dispose() => _hardware.Dispose();
}
