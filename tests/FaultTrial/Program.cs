// A fleet under faults: real server, real agents' links, and a checker at the end. Disks are filled where this process may mount (start it in a
// mount namespace of its own: unshare -m --propagation private). "trial" prints one line of JSON and ends with the number of broken promises.
using System.Globalization;
using System.Text.Json;
using Fleet.FaultTrial;

switch (args)
{
    case ["host", var data, var ledgers, var names, var servers, var token, var start]:
        return await HostProgram.RunAsync(data, ledgers, names, servers, token, start);
    case ["trial", var place, var store and ("sqlite" or "postgres"), var kills, var seed, var programs, var server, .. var rest]:
        TrialOptions options = new(
            int.Parse(kills, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture), Path.GetFullPath(place), server,
            rest is [var agent, ..] ? agent : null, int.Parse(programs, CultureInfo.InvariantCulture), store is "postgres");
        await using (FaultTrial trial = new(options))
        {
            FaultReport report = await trial.RunAsync();
            Console.WriteLine(JsonSerializer.Serialize(report));
            return report.Verdict.Violations.Count + report.Wrong.Count;
        }

    default:
        Console.Error.WriteLine("usage: fault-trial trial DIRECTORY sqlite|postgres KILLS SEED PROGRAMS FLEET-SERVER [FLEET-AGENT]");
        return 2;
}
