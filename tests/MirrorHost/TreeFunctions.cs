using Fleet.Agent;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.MirrorHost;

/// <summary>Attaches the functions of a directory laid out like /sys/bus/pci.</summary>
internal static class TreeFunctions
{
    public static void Attach(HostBroker broker, string root, ManualResetEventSlim gate)
    {
        foreach (string directory in Directory.EnumerateDirectories(Path.Combine(root, "devices")))
        {
            if (PciAddress.TryParse(Path.GetFileName(directory), out PciAddress address))
            {
                PrintingSpace space = new(address, File.ReadAllBytes(Path.Combine(directory, "config")), gate);
                FunctionFacts cached = new() { Address = address, VendorId = "1af4", DeviceId = "1100", ClassCode = "010802" };
                broker.Attach(space, FunctionReading.Complete(cached, space, (mailbox, _) => new MailboxFacts
                {
                    Offset = mailbox.Offset,
                    Owner = "broker",
                    OwnerReason = "The test says so.",
                    State = "free",
                }));
                space.Started = true;
            }
        }
    }
}
