using System.Runtime.CompilerServices;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker.Tests;

/// <summary>This program as a child that records accesses until it is killed; it says after each hundred how many it has recorded.</summary>
internal static class KilledWriter
{
    public const string Variable = "FLEET_TEST_JOURNAL";

    [ModuleInitializer]
    internal static void RunWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } path)
        {
            return;
        }

        AccessJournal journal = AccessJournal.Open(path, 256, TimeProvider.System);
        for (long count = 1; ; count++)
        {
            journal.Record(PciAddress.Parse("0000:01:00.0"), (int)(count % 16), 4, AccessOperation.Write, Decision.Refuse, 1, Rig.Setpci);
            if (count % 100 is 0)
            {
                Console.Out.WriteLine(count);
                Console.Out.Flush();
            }
        }
    }
}
