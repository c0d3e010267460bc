using Fleet.Agent;
using Fleet.Agent.Commands;
using Fleet.Agent.Intercepts;
using Fleet.Agent.Metrics;
using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.Extensions.Logging;

namespace Fleet.MirrorHost.Kills;

/// <summary>
/// The real agent over the devices of another process. Prints "ready", is told of functions that came and went ("added ADDRESS",
/// "removed ADDRESS"), ends with its standard input.
/// </summary>
internal static class AgentProgram
{
    public static async Task<int> RunAsync(string place, string mode)
    {
        using DeviceLink link = new(KillPlace.Device(place));
        using AgentMetrics metrics = new();
        using ILoggerFactory logs = RunCommand.CreateLogs();
        AgentOptions options = new()
        {
            DataDirectory = KillPlace.Data(place),
            RunDirectory = KillPlace.Run(place),
            Ceiling = EnforcementMode.Enforce,
            Intercept = InterceptLevel.Bind,
            OnAgentDeath = Enum.Parse<AgentLossAction>(mode, ignoreCase: true),
            WaitLimit = TimeSpan.FromSeconds(60),
            MirrorType = KillPlace.MountType,
            DriveMailboxes = true,
            // One line an event, so that the trial can tell what was said.
            EventsSpooled = events =>
            {
                foreach (FleetEvent each in events)
                {
                    File.AppendAllText(KillPlace.Events(place), each.Kind + "\n");
                }
            },
        };
        RemoteHardware hardware = new(KillPlace.Tree(place), link);
        await using AgentHost agent = await AgentHost.StartAsync(
            options, hardware, metrics, TimeProvider.System, logs, CancellationToken.None);
        foreach (string reduced in agent.Facts.Reduced)
        {
            Console.WriteLine($"reduced {reduced}");
        }

        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } command)
        {
            if (command.Split(' ') is [var what, var function] && Enum.TryParse(what, ignoreCase: true, out HardwareChangeKind kind))
            {
                hardware.Announce(new HardwareChange(kind, PciAddress.Parse(function)));
            }

            Console.WriteLine($"done {command}");
        }

        return 0;
    }
}
