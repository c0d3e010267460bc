using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.MirrorHost;

/// <summary>Attaches the functions of a directory through their files, one system call an access, as on a real host.</summary>
internal static class FileFunctions
{
    public static void Attach(HostBroker broker, string root)
    {
        foreach (string directory in Directory.EnumerateDirectories(Path.Combine(root, "devices")))
        {
            if (PciAddress.TryParse(Path.GetFileName(directory), out PciAddress address)
                && SysfsConfigSpace.TryOpen(root, address, ConfigWrites.ReadOnly, out _) is SysfsConfigSpace space)
            {
                broker.Attach(space, new FunctionFacts { Address = address, VendorId = "1af4", DeviceId = "1100", ClassCode = "010802" });
            }
        }
    }
}
