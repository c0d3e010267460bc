using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Agent.Attestation;
using Fleet.Agent.Local;
using Fleet.Contracts;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Requesting;

namespace Fleet.Agent.Commands;

/// <summary>'attest': has a device or a responder on a socket asked for evidence and appraises it here, with anchors and reference values given here.</summary>
internal static class AttestCommand
{
    private const byte RawAttribute = 2;
    private const uint ChunkedMaximum = 0x12000;

    // How long a run may take with all waiting for the device; nonces here live as long as the command does.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly Argument<string?> Address = new("address")
    {
        Description = "A function of this host, DDDD:BB:DD.F or BB:DD.F: its agent asks it over its mailbox.",
        Arity = ArgumentArity.ZeroOrOne,
        CompletionSources = { AddressCompletion.Complete },
    };

    private static readonly Option<string?> Mailbox = new("--mailbox") { Description = "Offset of the function's mailbox (0x200); the one that speaks SPDM when left out." };
    private static readonly Option<string> Run = LocalCommand.Run();
    private static readonly Option<DnsEndPoint?> Socket = new("--spdm-socket")
    {
        Description = "HOST:PORT of a responder that speaks the DMTF emulator's protocol with PCI DOE.",
        CustomParser = ParseEnd,
    };

    private static readonly Option<FileInfo[]> Anchors = new("--anchor") { Description = "A trusted root certificate, DER or PEM; may be repeated." };
    private static readonly Option<FileInfo?> Reference = new("--reference") { Description = "Reference values (JSON), as --record writes them." };
    private static readonly Option<FileInfo?> Record = new("--record") { Description = "Writes the verified measurements as reference values." };
    private static readonly Option<SpdmVersion[]> Versions = new("--spdm-version")
    {
        Description = "Versions to speak, 1.0 to 1.4; all when left out, and the best common one is taken.",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = ParseVersions,
    };

    private static readonly Option<int> Slot = new("--slot") { Description = "Certificate slot, 0 to 7." };
    private static readonly Option<string?> Function = new("--function-name") { Description = "The name that the certificate must have (Vendor=…:Device=…:CC=…:REV=…). Without it a function of this host must have its own, and a socket's responder none." };
    private static readonly Option<bool> Raw = new("--raw") { Description = "Asks for raw values rather than digests." };
    private static readonly Option<bool> Each = new("--one-by-one") { Description = "Asks for each measurement alone." };
    private static readonly Option<bool> NoChallenge = new("--no-challenge") { Description = "Leaves the challenge out; below 1.2 nothing else binds measurements to the negotiation." };
    private static readonly Option<bool> Chunks = new("--chunks") { Description = "Takes responses of more than 4096 bytes by chunks (1.2)." };
    private static readonly Option<bool> Json = LocalCommand.Json();

    public static Command Create()
    {
        Command command = new("attest", """
            Asks a device for signed measurements over SPDM and says what they prove: a function of this host through its DOE mailbox, or a responder on a socket.

            Examples:
              fleet-agent attest 01:00.0 --anchor root.der --record device.json
              fleet-agent attest 01:00.0 --mailbox 0x200 --anchor root.der --reference device.json
              fleet-agent attest --spdm-socket 127.0.0.1:2323 --anchor root.der --reference device.json --json

            Exit codes: 0 trusted, 1 wrong command line, 2 failed or unknown, 3 no responder or no agent.
            """);
        command.Arguments.Add(Address);
        foreach (Option option in new Option[] { Mailbox, Socket, Anchors, Reference, Record, Versions, Slot, Function, Raw, Each, NoChallenge, Chunks, Json, Run })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if ((result.GetResult(Address) is { Tokens.Count: > 0 }) == (result.GetResult(Socket) is not null))
            {
                result.AddError("Say once what is to be attested: a function's address, or --spdm-socket HOST:PORT.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken ct)
    {
        TextWriter error = arguments.InvocationConfiguration.Error;
        using LocalClient client = new(Path.Combine(arguments.GetValue(Run)!, "agent.sock"));
        try
        {
            string? name = arguments.GetValue(Function);
            AttestationRequest request = new(Plan(arguments), default, new Caller { Pid = Environment.ProcessId, Uid = 0, Comm = "fleet-agent" }, "attest", Limit);
            if (arguments.GetValue(Address) is { } address)
            {
                request = request with { Function = LocalCommand.Address(address), Mailbox = arguments.GetValue(Mailbox) is { } text ? LocalCommand.Offset(text) : null };
                name ??= FunctionName.Of((await client.GetAsync<LocalFunction>($"/v1/functions/{request.Function}", ct)).Facts);
            }

            AppraisalPolicy policy = new()
            {
                Anchors = [.. (arguments.GetValue(Anchors) ?? []).Select(ReadAnchor)],
                References = arguments.GetValue(Reference) is { } file ? ReferenceFile.Read(file.FullName) : [],
                RequireFunctionName = name is not null,
            };
            IEvidenceProvider provider = arguments.GetValue(Socket) is { } end ? new SocketProvider(end, TimeProvider.System) : new AgentProvider(client, TimeProvider.System);
            AttestationRun run = await provider.RunAsync(request, ct);
            if (run.Messages.Count == 0)
            {
                await error.WriteLineAsync(TextTable.Printable(run.Detail));
                return ExitCodes.NoAgent;
            }

            AppraisalResult result = Appraiser.Appraise(
                new(run.Evidence, request.Plan, policy, new DeviceHistory { CmaName = name }, NonceState.Fresh, TimeProvider.System.GetUtcNow()), new ChainVerifier());
            AttestationReport report = AttestationReport.Of(run, result);
            await arguments.InvocationConfiguration.Output.WriteLineAsync(arguments.GetValue(Json) ? LocalCommand.ToJson(report) : report.ToText().TrimEnd());
            return await RecordAsync(arguments, result, ct) ?? (result.Verdict == AppraisalVerdict.Trusted ? ExitCodes.Done : ExitCodes.Refused);
        }
        catch (LocalApiException e)
        {
            await error.WriteLineAsync(TextTable.Printable(e.Message));
            return e.ExitCode;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.Usage;
        }
    }

    // What no signature vouches for is not recorded.
    private static async Task<int?> RecordAsync(ParseResult arguments, AppraisalResult result, CancellationToken ct)
    {
        if (arguments.GetValue(Record) is not { } file)
        {
            return null;
        }

        if (result.Blocks.IsEmpty)
        {
            await arguments.InvocationConfiguration.Error.WriteLineAsync($"Nothing was verified that could be recorded; {file.FullName} is not written.");
            return ExitCodes.Refused;
        }

        await File.WriteAllTextAsync(file.FullName, ReferenceFile.Write(Baseline.Of(result.Blocks)) + "\n", ct);
        await arguments.InvocationConfiguration.Error.WriteLineAsync($"{result.Blocks.Length} reference values written to {file.FullName}.");
        return null;
    }

    private static AttestationPlan Plan(ParseResult arguments)
    {
        byte slot = (byte)Math.Clamp(arguments.GetValue(Slot), 0, 7);
        AttestationPlan plan = AttestationPlan.Standard(new NonceSource(RandomNumberGenerator.Create()), slot, arguments.GetValue(Versions) ?? []);
        byte raw = arguments.GetValue(Raw) ? RawAttribute : (byte)0;
        ImmutableArray<PlanStep> steps =
        [
            .. plan.Steps
                .Where(step => step.Action != PlanAction.Challenge || !arguments.GetValue(NoChallenge))
                .Select(step => step.Action == PlanAction.Measurements && arguments.GetValue(Each) ? step with { Action = PlanAction.EachMeasurement } : step)
                .Select(step => step.Action is PlanAction.Measurements or PlanAction.EachMeasurement ? step with { Attributes = (byte)(step.Attributes | raw) } : step),
        ];
        ImmutableArray<PlanNegotiation> negotiations = arguments.GetValue(Chunks)
            ? [.. plan.Negotiations.Select(negotiation => AttestationPlan.Negotiate(negotiation.Version, maxMessageSize: ChunkedMaximum))]
            : plan.Negotiations;
        return plan with { Steps = steps, Negotiations = negotiations };
    }

    private static ReadOnlyMemory<byte> ReadAnchor(FileInfo file)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(file.FullName);
        return certificate.RawData;
    }

    private static DnsEndPoint? ParseEnd(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        int colon = text.LastIndexOf(':');
        if (colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0)
        {
            return new(text[..colon].Trim('[', ']'), port);
        }

        result.AddError($"'{text}' is no HOST:PORT, as in 127.0.0.1:2323.");
        return null;
    }

    private static SpdmVersion[] ParseVersions(ArgumentResult result)
    {
        List<SpdmVersion> versions = [];
        foreach (string text in result.Tokens.Select(token => token.Value))
        {
            if (text.Length == 3 && text.StartsWith("1.", StringComparison.Ordinal) && text[2] is >= '0' and <= '4')
            {
                versions.Add((SpdmVersion)(0x10 + (text[2] - '0')));
            }
            else
            {
                result.AddError($"'{text}' is no version; 1.0, 1.1, 1.2, 1.3 and 1.4 are.");
            }
        }

        return [.. versions];
    }
}
