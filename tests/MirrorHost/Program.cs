// A mirror in a process of its own, for tests that kill it and for benchmarks. It shows this machine (--real, with --bind over the kernel's own files), a tree with its
// functions in memory (--tree) or a tree with its functions in their files (--files).
// Other roles: "device" and "agent" are a simulated machine and the real agent on it in two processes, "trial" kills that agent.
// A mirror prints "ready", obeys one command a line (hold, release, journal, quit), and ends with its standard input.
using System.Globalization;
using System.Text.Json;
using Fleet.Agent.Fuse;
using Fleet.Agent.Guardian;
using Fleet.Agent.Intercepts;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.MirrorHost;
using Fleet.MirrorHost.Kills;
using Microsoft.Extensions.Logging.Abstractions;

switch (args)
{
    case [GuardianLaunch.Command, GuardianLaunch.RunOption, var run]:
        return GuardianProgram.Run(run, foreground: false);
    case ["device", var socket, var directory]:
        return DeviceServer.Run(socket, directory);
    case ["agent", var place, var mode]:
        return await AgentProgram.RunAsync(place, mode);
    case ["trial", var chosen, var kills, var seed]:
        KillReport report = await new KillTrial(
            chosen, int.Parse(kills, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture)).RunAsync();
        Console.WriteLine(JsonSerializer.Serialize(report));
        return report.Wrong.Count;
}

const string Source = "fleettest";
if (args is not ([_, "--real" or "--bind"] or [_, "--tree" or "--files", _]))
{
    Console.Error.WriteLine("usage: mirror-host MOUNTPOINT --tree DIR | --files DIR | --real | --bind");
    return 2;
}

string mountpoint = args[0];
string state = Directory.CreateTempSubdirectory("mirror-host-").FullName;
try
{
    foreach (string dead in MountTable.RemoveDead(Source, mountpoint))
    {
        Console.WriteLine($"cleaned {dead}");
    }

    using HostBroker broker = new(
        new BrokerOptions { Ceiling = EnforcementMode.Enforce, JournalPath = Path.Combine(state, "journal") },
        new PrintedEvents(),
        TimeProvider.System);
    using ManualResetEventSlim gate = new(initialState: true);
    using LinuxHardware? hardware = args[1] is "--real" or "--bind" ? new LinuxHardware(new LinuxHardwareOptions { ReadOnly = true }, TimeProvider.System) : null;
    if (hardware is not null)
    {
        foreach (Fleet.Pci.PciAddress address in hardware.Addresses())
        {
            broker.Attach(hardware.Open(address), hardware.ReadFunction(address, null));
        }
    }
    else if (args[1] is "--files")
    {
        FileFunctions.Attach(broker, args[2]);
    }
    else
    {
        TreeFunctions.Attach(broker, args[2], gate);
    }

    using PciMirror mirror = PciMirror.Mount(
        new MirrorOptions(mountpoint, Source, hardware?.PciRoot ?? args[2]), broker, new PrintedEvents(), TimeProvider.System, NullLogger.Instance);
    if (args[1] is "--bind")
    {
        Console.WriteLine($"bound {new ConfigBinds(hardware!, mirror, Source, NullLogger.Instance).Sync(hardware!.Addresses())}");
    }

    Console.WriteLine("ready");
    while (Console.ReadLine() is string command && command is not "quit")
    {
        Commands.Obey(command, broker, gate);
    }

    gate.Set(); // a held worker must come back before the mirror can end
}
finally
{
    Directory.Delete(state, recursive: true);
}

return 0;
