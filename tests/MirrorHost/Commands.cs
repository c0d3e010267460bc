using System.Globalization;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.MirrorHost;

/// <summary>What a test tells a running mirror; every command is answered by a line.</summary>
internal static class Commands
{
    public static void Obey(string command, HostBroker broker, ManualResetEventSlim gate)
    {
        if (command.Split(' ') is ["claim", var function, var offset, var milliseconds])
        {
            // Held by this process: everybody else waits at these four bytes.
            ClaimOutcome outcome = broker.Claim(
                new ClaimRequest
                {
                    Function = PciAddress.Parse(function),
                    Offset = int.Parse(offset, CultureInfo.InvariantCulture),
                    Length = 4,
                    Reason = "a test waits",
                    OnRead = ClaimAction.Wait,
                    OnWrite = ClaimAction.Wait,
                    WaitMilliseconds = int.Parse(milliseconds, CultureInfo.InvariantCulture),
                },
                Self());
            Console.WriteLine($"claimed {outcome.Succeeded} {outcome.Detail}");
        }

        switch (command)
        {
            case "unclaim":
                foreach (ClaimFacts claim in broker.Claims().Where(claim => claim.Source is ClaimSource.Local))
                {
                    Console.WriteLine($"released {broker.Release(claim.Id, Self()).Succeeded}");
                }

                break;
            case "hold":
                gate.Reset();
                break;
            case "release":
                gate.Set();
                break;
            case "journal":
                foreach (JournalEntry entry in broker.ReadJournal().Entries)
                {
                    Console.WriteLine($"journal {entry}");
                }

                break;
        }

        Console.WriteLine($"done {command}");
    }

    private static Caller Self() => CallerReader.Read(Environment.ProcessId, 0, out _);
}
