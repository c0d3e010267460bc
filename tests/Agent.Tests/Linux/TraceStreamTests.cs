using System.Text;
using Fleet.Agent.Linux.Sensors;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Agent.Tests.Linux;

/// <summary>Lines out of a pipe, as trace_pipe hands them out: cut anywhere, and far too many.</summary>
public sealed class TraceStreamTests : IDisposable
{
    private const int Most = 5_000;

    private readonly string _path = Path.GetTempFileName();
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _lines = [];

    [Fact]
    public void Read_LinesCutAnywhere_AreWhole()
    {
        string[] expected = [.. Enumerable.Range(0, 5_000).Select(number => $"line {number} {new string('x', number % 90)}")];
        using TraceStream stream = Open(string.Join('\n', expected) + "\nrest without an end");

        while (_lines.Count < expected.Length)
        {
            Assert.True(stream.Read(_lines.Add));
        }

        Assert.Equal(expected, _lines);
    }

    [Fact]
    public void Read_LineWithoutAnEnd_IsNotKeptForEver()
    {
        using TraceStream stream = Open(new string('x', 300_000) + "\nnext\n");

        for (int reads = 0; reads < 20; reads++)
        {
            Assert.True(stream.Read(_lines.Add));
        }

        Assert.Equal("next", _lines[^1]);
        Assert.All(_lines, line => Assert.True(line.Length <= 70_000));
    }

    [Fact]
    public void Pause_MoreLinesThanASecondMayHave_LastsToItsEnd()
    {
        using TraceStream stream = Open(string.Concat(Enumerable.Repeat("some access\n", 40_000)));
        Assert.Equal(TimeSpan.Zero, stream.Pause);

        while (stream.Pause == TimeSpan.Zero)
        {
            stream.Read(_lines.Add);
        }

        // A buffer full more than the limit at the most.
        Assert.InRange(_lines.Count, Most, Most + (64 * 1024 / 12) + 1);
        Assert.Equal(TimeSpan.FromSeconds(1), stream.Pause);
        _time.Advance(TimeSpan.FromSeconds(0.7));
        Assert.Equal(TimeSpan.FromSeconds(0.3), stream.Pause);
        _time.Advance(TimeSpan.FromSeconds(0.3));
        Assert.Equal(TimeSpan.Zero, stream.Pause);
        int before = _lines.Count;
        stream.Read(_lines.Add);
        Assert.True(_lines.Count > before);
    }

    public void Dispose() => File.Delete(_path);

    private TraceStream Open(string text)
    {
        File.WriteAllText(_path, text, Encoding.ASCII);
        return new TraceStream(File.OpenHandle(_path), Most, _time);
    }
}
