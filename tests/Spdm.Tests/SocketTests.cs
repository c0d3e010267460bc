using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Fleet.Agent.Attestation;
using Fleet.Contracts;
using Fleet.Agent.Commands;
using Fleet.Simulator.Spdm;
using Fleet.Spdm.Requesting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Spdm.Tests;

/// <summary>The DMTF emulator's TCP protocol, both ends, and the attest command over it.</summary>
public sealed class SocketTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    [InlineData("1.2")]
    [InlineData("1.3")]
    [InlineData("1.4")]
    public async Task Attest_OurResponderInEachVersion_IsTrustedAgainstItsOwnRecord(string version)
    {
        await using SpdmSocketServer server = Serve(Dialogue.Options());
        using Folder folder = new();

        (int first, _, _) = await AttestAsync(server, folder, "--record", folder.File("device.json"), "--spdm-version", version);
        (int second, string text, string error) = await AttestAsync(server, folder, "--reference", folder.File("device.json"), "--spdm-version", version, "--json");

        Assert.Equal(2, first); // Without reference values the verdict is unknown.
        Assert.True(second == 0, text + error);
        using JsonDocument report = JsonDocument.Parse(text);
        Assert.Equal("trusted", report.RootElement.GetProperty("verdict").GetString());
        Assert.Equal(version, report.RootElement.GetProperty("version").GetString());
        Assert.Equal(17, report.RootElement.GetProperty("checks").GetArrayLength());
    }

    [Theory]
    [InlineData("--raw")]
    [InlineData("--one-by-one")]
    [InlineData("--chunks")]
    [InlineData("--no-challenge")]
    [InlineData("--slot", "1")]
    [InlineData("--function-name", "Vendor=144d:Device=a824:CC=010802:REV=00:SSVID=144d:SSID=a801")]
    public async Task Attest_OtherWays_AreTrustedToo(params string[] options)
    {
        await using SpdmSocketServer server = Serve(Dialogue.Options());
        using Folder folder = new();

        await AttestAsync(server, folder, ["--record", folder.File("device.json"), .. options]);
        (int code, string text, string error) = await AttestAsync(server, folder, ["--reference", folder.File("device.json"), .. options]);

        Assert.True(code == 0, text + error);
        Assert.Contains("secure version number", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attest_TamperedFirmware_NamesTheFirstDifference()
    {
        using Folder folder = new();
        await using (SpdmSocketServer good = Serve(Dialogue.Options()))
        {
            await AttestAsync(good, folder, "--record", folder.File("device.json"));
        }

        await using SpdmSocketServer bad = Serve(Dialogue.Options(0x10, ResponderFault.Tampered));
        (int code, string text, _) = await AttestAsync(bad, folder, "--reference", folder.File("device.json"));

        Assert.Equal(2, code);
        Assert.Contains("failed", text, StringComparison.Ordinal);
        Assert.Contains("Measurement 0x02 is", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attest_NobodyThere_SaysSo()
    {
        using Folder folder = new();
        SpdmSocketServer server = Serve(Dialogue.Options());
        IPEndPoint gone = server.End;
        await server.DisposeAsync();

        (int code, _, string error) = await AttestAsync(gone, folder);

        Assert.Equal(3, code);
        Assert.Contains("No SPDM responder can be reached", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--spdm-socket", "nowhere")]
    [InlineData("--spdm-version", "1.9")]
    [InlineData("--reference", "/nowhere/at-all.json")]
    public async Task Attest_WrongCommandLine_IsExplained(params string[] options)
    {
        using Folder folder = new();

        (int code, _, string error) = await RunAsync(["attest", .. options.Contains("--spdm-socket") ? [] : new[] { "--spdm-socket", "127.0.0.1:9" }, .. options]);

        Assert.Equal(1, code);
        Assert.Contains(options[1], error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_TestDiscoveryNonsenseAndShutdown_AreAnsweredAsTheEmulatorDoes()
    {
        await using SpdmSocketServer server = Serve(Dialogue.Options());
        using TcpClient client = new();
        await client.ConnectAsync(server.End, Ct);

        Assert.Equal("Server Hello!\0", System.Text.Encoding.ASCII.GetString((await Ask(client, SpdmSocketFrame.Test, "Client Hello!\0"u8.ToArray())).Payload.Span));
        Assert.Equal("010000000300000001000001", Hex(await Ask(client, SpdmSocketFrame.Normal, Convert.FromHexString("010000000300000000000000"))));
        Assert.Equal("010001000600000010040000000500100011001200130014", Hex(await Ask(client, SpdmSocketFrame.Normal, Convert.FromHexString("010001000300000010840000"))));
        Assert.Empty(Hex(await Ask(client, SpdmSocketFrame.Normal, [1, 2, 3])));
        Assert.Equal(SpdmSocketFrame.Unknown, (await Ask(client, 0x8001, [])).Command);
        Assert.Equal(SpdmSocketFrame.Shutdown, (await Ask(client, SpdmSocketFrame.Shutdown, [])).Command);
        Assert.Null(await SpdmSocketFrame.ReadAsync(client.GetStream(), Ct));
    }

    [Fact]
    public async Task Transport_ThatLosesTheResponder_EndsTheRunWithWhatCame()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<SpdmSocketTransport> connecting = SpdmSocketTransport.ConnectAsync(new("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port), TimeProvider.System, Ct);
        using TcpClient server = await listener.AcceptTcpClientAsync(Ct);
        using SpdmSocketTransport transport = await connecting;
        Task<AttestationRun> running = SpdmRunner.RunAsync(AttestationPlan.Standard(Dialogue.Nonces()), "socket", transport, TimeProvider.System, Timeout.InfiniteTimeSpan, Ct);
        Assert.NotNull(await SpdmSocketFrame.ReadAsync(server.GetStream(), Ct));
        server.Close();

        AttestationRun run = await running;

        Assert.Equal(EvidenceEnd.Transport, run.End);
        Assert.True(Assert.Single(run.Messages).IsRequest);
    }

    private static SpdmSocketServer Serve(ResponderOptions options) =>
        SpdmSocketServer.Start(new(IPAddress.Loopback, 0), () => new SpdmResponder(options), NullLogger.Instance);

    private static async Task<SpdmSocketFrame> Ask(TcpClient client, uint command, byte[] payload)
    {
        await new SpdmSocketFrame(command, SpdmSocketFrame.PciDoe, payload).WriteAsync(client.GetStream(), Ct);
        return (await SpdmSocketFrame.ReadAsync(client.GetStream(), Ct))!;
    }

    private static Task<(int Code, string Output, string Error)> AttestAsync(SpdmSocketServer server, Folder folder, params string[] options) => AttestAsync(server.End, folder, options);

    private static Task<(int Code, string Output, string Error)> AttestAsync(IPEndPoint end, Folder folder, params string[] options)
    {
        File.WriteAllBytes(folder.File("root.der"), Dialogue.Factory(0x10).Root);
        return RunAsync(["attest", "--spdm-socket", end.ToString(), "--anchor", folder.File("root.der"), .. options]);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        StringWriter output = new();
        StringWriter error = new();
        int code = await AgentCommands.Create().Parse(arguments).InvokeAsync(new() { Output = output, Error = error }, Ct);
        return (code, output.ToString(), error.ToString());
    }

    private static string Hex(SpdmSocketFrame frame) => Convert.ToHexStringLower(frame.Payload.Span);

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("spdm-tests-");

        public string File(string name) => Path.Combine(_directory.FullName, name);

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
