using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Fleet.Simulator.Spdm;
using Fleet.Spdm;
using Microsoft.Extensions.Logging;
using AgentRun = Fleet.Agent.Commands.RunCommand;

namespace Fleet.Simulator.Commands;

/// <summary>'spdm': one simulated device's SPDM responder on a port, for other requesters and conformance tools.</summary>
internal static class SpdmCommand
{
    private const int Done = 0;
    private const int CannotStart = 4;

    private static readonly ImmutableDictionary<string, uint> Kinds = new Dictionary<string, uint>
    {
        ["p256"] = 0x10,
        ["p384"] = 0x80,
        ["p521"] = 0x100,
        ["rsa2048"] = 0x03,
        ["rsa3072"] = 0x0C,
        ["rsa4096"] = 0x60,
    }.ToImmutableDictionary();

    private static readonly Option<string> Listen = new("--listen") { Description = "Address and port; port 0 takes a free one.", DefaultValueFactory = _ => "127.0.0.1:2323" };
    private static readonly Option<string> Transport = new("--transport") { Description = "How messages are wrapped.", DefaultValueFactory = _ => "pci-doe" };
    private static readonly Option<string> Algorithm = new("--algorithm") { Description = "Kind of key.", DefaultValueFactory = _ => "p256" };
    private static readonly Option<string> Identity = new("--identity")
    {
        Description = "Directory of the device's keys and certificates; made where it is missing. root.der in it is the anchor.",
        DefaultValueFactory = _ => ".data/sim-spdm",
    };

    private static readonly Option<string[]> Versions = new("--spdm-version") { Description = "Versions it speaks; all when left out.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<ResponderFault[]> Faults = new("--fault")
    {
        Description = "What is wrong with it: the faults of 'fleet-sim faults' that begin with spdm-, with or without that.",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result =>
        {
            List<ResponderFault> faults = [];
            foreach (string name in result.Tokens.Select(token => token.Value))
            {
                if (SpdmFaultCatalog.TryFind(name, out ResponderFault fault) || SpdmFaultCatalog.TryFind($"spdm-{name}", out fault))
                {
                    faults.Add(fault);
                }
                else
                {
                    result.AddError($"There is no fault '{name}'; 'fleet-sim faults' lists them under spdm.");
                }
            }

            return [.. faults];
        },
    };

    public static Command Create()
    {
        Command command = new("spdm", """
            Serves an SPDM responder in the DMTF emulator's TCP protocol until Ctrl-C.

            Examples:
              fleet-sim spdm --listen 127.0.0.1:2323 --transport pci-doe
              fleet-sim spdm --algorithm p384 --spdm-version 1.2 --fault tampered
            """);
        Transport.AcceptOnlyFromAmong("pci-doe");
        Algorithm.AcceptOnlyFromAmong([.. Kinds.Keys.Order(StringComparer.Ordinal)]);
        Versions.AcceptOnlyFromAmong("1.0", "1.1", "1.2", "1.3", "1.4");
        foreach (Option option in new Option[] { Listen, Transport, Algorithm, Identity, Versions, Faults })
        {
            command.Options.Add(option);
        }

        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken ct)
    {
        using ILoggerFactory logs = AgentRun.CreateLogs();
        try
        {
            if (!IPEndPoint.TryParse(arguments.GetValue(Listen)!, out IPEndPoint? end))
            {
                await arguments.InvocationConfiguration.Error.WriteLineAsync($"'{arguments.GetValue(Listen)}' is no address and port, as in 127.0.0.1:2323.");
                return 1;
            }

            string identity = Path.GetFullPath(arguments.GetValue(Identity)!);
            DeviceNames names = new("SIM:device:0001", "Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1100");
            ResponderOptions options = new()
            {
                Credentials = IdentityStore.Open(identity, Kinds[arguments.GetValue(Algorithm)!], TimeProvider.System.GetUtcNow(), names),
                Sessions = true,
                Faults = (arguments.GetValue(Faults) ?? []).ToHashSet(),
            };
            if (arguments.GetValue(Versions) is { Length: > 0 } versions)
            {
                options = options with { Versions = [.. versions.Order(StringComparer.Ordinal).Select(version => (SpdmVersion)(0x10 + (version[2] - '0')))] };
            }

            await using SpdmSocketServer server = SpdmSocketServer.Start(end, () => new SpdmResponder(options), logs.CreateLogger("Fleet.Simulator.Spdm"));
            await arguments.InvocationConfiguration.Output.WriteLineAsync($"fleet-sim: SPDM on {server.End}, anchor {Path.Combine(identity, "root.der")}");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            return Done;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return Done;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            await arguments.InvocationConfiguration.Error.WriteLineAsync($"SPDM cannot be served on {arguments.GetValue(Listen)}: {e.Message}");
            return CannotStart;
        }
    }
}
