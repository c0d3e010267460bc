using Fleet.Broker;

namespace Fleet.MirrorHost;

/// <summary>What a test tells a running mirror; every command is answered by a line.</summary>
internal static class Commands
{
    public static void Obey(string command, HostBroker broker, ManualResetEventSlim gate)
    {
        switch (command)
        {
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
}
