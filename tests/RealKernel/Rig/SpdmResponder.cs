using System.Diagnostics;
using System.Globalization;

namespace Fleet.RealKernel.Tests.Rig;

/// <summary>What speaks for the NVMe controller's SPDM mailbox: fleet-sim on this machine's loopback, to which QEMU passes each object that the guest sends.</summary>
internal sealed class SpdmResponder : IAsyncDisposable
{
    /// <summary>The payload of its VERSION response: 1.0 to 1.4.</summary>
    public const string Versions = "10040000000500100011001200130014";

    private const string Said = "SPDM on 127.0.0.1:";

    private readonly Process _process;

    private SpdmResponder(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Starts it; its keys and certificates, with the root that is to be trusted, are in the directory.</summary>
    public static async Task<SpdmResponder> StartAsync(string identity)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "fleet-sim"), ["spdm", "--listen", "127.0.0.1:0", "--transport", "pci-doe", "--identity", identity])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        Process process = Process.Start(start)!;
        string line = await process.StandardOutput.ReadLineAsync() ?? "";
        int at = line.IndexOf(Said, StringComparison.Ordinal);
        string port = at < 0 ? "" : new([.. line[(at + Said.Length)..].TakeWhile(char.IsAsciiDigit)]);
        return port.Length > 0
            ? new(process, int.Parse(port, NumberStyles.None, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"fleet-sim does not say where it serves SPDM: '{line}'.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
