using System.CommandLine;
using System.Net;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Hosting;
using Fleet.Server.Identity;

namespace Fleet.Server.Commands;

/// <summary>fleet-server run</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        Option<string> http = new("--http") { Description = "ADDRESS:PORT for operators, REST, /metrics and the dashboard", DefaultValueFactory = _ => "127.0.0.1:8080" };
        Option<string?> publicUrl = new("--public-url") { Description = "Origin under which people reach the dashboard from outside (https://fleet.example.net), for sign-in links; the address of --http when not given" };
        Option<string> agents = new("--agents") { Description = "ADDRESS:PORT for agents (TLS)", DefaultValueFactory = _ => "127.0.0.1:8443" };
        Option<string> data = new("--data") { Description = "Directory that holds everything the server knows", DefaultValueFactory = _ => ".data" };
        Option<string?> keys = new("--keys") { Description = "Directory of the keys that several servers on one database have in common; made by the first of them" };
        Option<int?> token = new("--write-join-token") { Description = "Make a join token for this many hosts and write it to DATA/join.token" };
        Option<int> enrolRate = new("--enrol-rate") { Description = "Requests to join that one address may make in a second; raise it where many hosts come from behind one", DefaultValueFactory = _ => 50 };
        Option<string> every = new("--attest-every") { Description = "Interval of attestations (90s, 30m, 6h); reference values may ask for another", DefaultValueFactory = _ => "6h" };
        Option<string> age = new("--attest-max-age") { Description = "How long evidence counts; older is stale", DefaultValueFactory = _ => "24h" };
        Option<int> evidence = new("--evidence-days") { Description = "Days to keep evidence that did not fail; of failures it is kept 400 days", DefaultValueFactory = _ => 30 };
        Option<string> certificates = new("--certificate-lifetime") { Description = "How long agents' certificates hold (10m to 825d); they are renewed when two thirds are over", DefaultValueFactory = _ => "90d" };
        Command command = new("run", "Serves until it is told to stop.") { http, publicUrl, agents, data, keys, token, enrolRate, every, age, evidence, certificates };
        DatabaseOption database = new();
        database.AddTo(command);
        RetentionOption retention = new();
        retention.AddTo(command);
        command.SetAction(async (result, ct) =>
        {
            if (Read(result.GetValue(http), "--http") is not { } httpEnd || Read(result.GetValue(agents), "--agents") is not { } agentsEnd)
            {
                return 2;
            }

            if (result.GetValue(token) is < 1 or > 1_000_000 || result.GetValue(evidence) is < 1 or > 3650)
            {
                await Console.Error.WriteLineAsync("fleet-server: --write-join-token takes 1 to 1000000 hosts, --evidence-days 1 to 3650 days.");
                return 2;
            }

            if (retention.Check(result) is { } wrong)
            {
                await Console.Error.WriteLineAsync($"fleet-server: {wrong}");
                return 2;
            }

            if (result.GetValue(enrolRate) is < 1 or > 100_000)
            {
                await Console.Error.WriteLineAsync("fleet-server: --enrol-rate takes 1 to 100000 requests a second.");
                return 2;
            }

            if (!Duration.TryParse(result.GetValue(every), out TimeSpan interval) || !Duration.TryParse(result.GetValue(age), out TimeSpan maxAge))
            {
                await Console.Error.WriteLineAsync("fleet-server: --attest-every and --attest-max-age take a time such as 90s, 30m or 6h.");
                return 2;
            }

            if (!Duration.TryParse(result.GetValue(certificates), out TimeSpan lifetime) || lifetime < TimeSpan.FromMinutes(10) || lifetime > TimeSpan.FromDays(825))
            {
                await Console.Error.WriteLineAsync("fleet-server: --certificate-lifetime takes a time from 10m to 825d. An agent that is away for longer has to join again.");
                return 2;
            }

            if (!PublicUrl.TryParse(result.GetValue(publicUrl), out Uri? origin))
            {
                await Console.Error.WriteLineAsync($"fleet-server: --public-url {result.GetValue(publicUrl)} is not http:// or https:// with a host and nothing after it, as in https://fleet.example.net.");
                return 2;
            }

            return await RunAsync(
                () => retention.Put(result, new ServerOptions
                {
                    Http = httpEnd,
                    PublicUrl = origin,
                    Agents = agentsEnd,
                    DataDirectory = result.GetValue(data)!,
                    Keys = result.GetValue(keys),
                    Database = database.Read(result),
                    WriteJoinToken = result.GetValue(token),
                    EnrolRate = result.GetValue(enrolRate),
                    CertificateLifetime = lifetime,
                    Attestation = new AttestationTimes { Every = interval, MaxAge = maxAge, KeepEvidence = TimeSpan.FromDays(result.GetValue(evidence)) },
                }),
                ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(Func<ServerOptions> options, CancellationToken ct)
    {
        if (OpenFiles.Limit < OpenFiles.Least)
        {
            await Console.Error.WriteLineAsync(
                $"fleet-server: Only {OpenFiles.Limit} files may be open at once, and the server needs {OpenFiles.Least} to run at all: the program alone holds some 370. "
                + "Raise the limit: LimitNOFILE=65536 in the unit, ulimits of the container, or ulimit -n before fleet-server is started. Each agent takes one more.");
            return 1;
        }

        try
        {
            ServerOptions chosen = options();
            await using ServerApp app = await ServerApp.StartAsync(chosen, ct);
            if (!Console.IsOutputRedirected)
            {
                // Somebody sits before it. What is redirected is a log, which keeps secrets for who reads it later.
                await Console.Out.WriteLineAsync($"Sign in (once, within a day): {(await File.ReadAllTextAsync(Path.Combine(chosen.DataDirectory, SignInLink.File), ct)).Trim()}");
            }

            await app.RunUntilStoppedAsync(ct);
            return 0;
        }
        catch (StartException error)
        {
            await Console.Error.WriteLineAsync($"fleet-server: {error.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static IPEndPoint? Read(string? text, string option)
    {
        if (!EndPointText.TryParse(text, out IPEndPoint? endPoint))
        {
            Console.Error.WriteLine($"fleet-server: {option} {text} is not ADDRESS:PORT (for example 127.0.0.1:8080, *:8443, [::1]:0).");
        }

        return endPoint;
    }
}
