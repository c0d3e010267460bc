using System.Globalization;
using Fleet.Testing.Delivery;

namespace Fleet.FaultTrial;

/// <summary>
/// What a host made, on a disk that no fault touches. A line is flushed before its event is handed to the spool, another after the spool has said that
/// it is on disk: between the two a kill may cost it, before and after it may not.
/// </summary>
internal sealed class Ledger : IDisposable
{
    private readonly FileStream _file;

    public Ledger(string path)
    {
        Last = File.Exists(path) ? Read(path, "").Select(m => m.Number ?? 0).DefaultIfEmpty(0).Max() : 0;
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        // What the life before had not kept stays so, and a line that its kill cut stays alone.
        Write("\nB\n");
    }

    /// <summary>The last number that an earlier life of the host gave.</summary>
    public long Last { get; }

    public void Make(IEnumerable<(string Stream, long Number, DateTimeOffset At)> events) =>
        Write(string.Concat(events.Select(e => string.Create(CultureInfo.InvariantCulture, $"M {e.Stream} {e.Number} {e.At.UtcTicks} .\n"))));

    /// <summary>Everything up to a number is on the agent's disk, or was counted as lost.</summary>
    public void Keep(long number) => Write(string.Create(CultureInfo.InvariantCulture, $"K {number} .\n"));

    public void Dispose() => _file.Dispose();

    public static IReadOnlyList<MadeEvent> Read(string path, string host)
    {
        List<MadeEvent> made = [];
        int life = 0;
        foreach (string line in File.ReadLines(path))
        {
            switch (line.Split(' '))
            {
                case ["M", var stream, var number, var ticks, "."]:
                    made.Add(new MadeEvent(
                        host, stream, long.Parse(number, CultureInfo.InvariantCulture), new DateTimeOffset(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero), false));
                    break;
                case ["B"]:
                    life = made.Count;
                    break;
                case ["K", var upTo, "."]:
                    long kept = long.Parse(upTo, CultureInfo.InvariantCulture);
                    for (; life < made.Count && made[life].Number <= kept; life++)
                    {
                        made[life] = made[life] with { Kept = true };
                    }

                    break;
            }
        }

        return made;
    }

    private void Write(string lines)
    {
        _file.Write(System.Text.Encoding.ASCII.GetBytes(lines));
        _file.Flush(flushToDisk: true);
    }
}
