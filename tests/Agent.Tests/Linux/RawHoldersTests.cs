using System.Diagnostics;
using Fleet.Agent.Linux;
using Fleet.Agent.Tests.Uplink;

namespace Fleet.Agent.Tests.Linux;

public sealed class RawHoldersTests
{
    [Fact]
    public async Task Find_AProcessWithTheFileOpen_IsNamedOnce()
    {
        using TemporaryDirectory place = new();
        string file = place.File("config");
        File.WriteAllText(file, "");
        using Process holder = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec 3< {file}; exec 4< {file}; echo open; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

        IReadOnlyList<string> found = RawHolders.Find(new HashSet<string> { file }, "none");
        holder.StandardInput.Close();
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal([$"sh (process {holder.Id}) has {file} open"], found);
        Assert.Empty(RawHolders.Find(new HashSet<string> { file }, "none"));
    }
}
