using System.Globalization;
using System.Runtime.InteropServices;
using Fleet.Agent.Commands;
using Microsoft.Extensions.Logging;

namespace Fleet.FaultTrial;

/// <summary>The role "host": some hosts in one process, until SIGTERM; then until the server has all they made.</summary>
internal static class HostProgram
{
    /// <param name="place">Directory of the hosts' data.</param>
    /// <param name="ledgers">Directory of their ledgers.</param>
    /// <param name="names">Their names, by commas.</param>
    /// <param name="servers">The servers' agents ports, by commas.</param>
    /// <param name="token">The join token.</param>
    /// <param name="seed">Decides what they make.</param>
    public static async Task<int> RunAsync(string place, string ledgers, string names, string servers, string token, string seed)
    {
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        using ILoggerFactory logs = RunCommand.CreateLogs();
        Uri[] addresses = [.. servers.Split(',').Select(s => new Uri(s))];
        int number = int.Parse(seed, CultureInfo.InvariantCulture);
        await Task.WhenAll(names.Split(',').Select(name => Task.Run(() => new TrialHost(
            name, Path.Combine(place, name), Path.Combine(ledgers, name + ".ledger"), addresses, token, number++, logs.CreateLogger(name)).RunAsync(stop.Token))));
        return 0;
    }
}
