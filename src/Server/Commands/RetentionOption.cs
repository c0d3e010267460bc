using System.CommandLine;
using Fleet.Server.Hosting;

namespace Fleet.Server.Commands;

/// <summary>How much of the past is kept.</summary>
internal sealed class RetentionOption
{
    private readonly Option<int> _days = new("--retention-days") { Description = "Days of events to keep", DefaultValueFactory = _ => 30 };
    private readonly Option<string?> _size = new("--retention-size")
    {
        Description = "Delete the oldest days when all events together take more (500M, 50G, 2T); the newest day always stays. SQLite only",
    };

    private readonly Option<int> _rollups = new("--rollup-days")
    {
        Description = "Days of contention by minute to keep, longer than the events themselves. SQLite only",
        DefaultValueFactory = _ => 400,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_days);
        command.Options.Add(_size);
        command.Options.Add(_rollups);
    }

    /// <returns>Null when all is well.</returns>
    public string? Check(ParseResult result) => result switch
    {
        _ when result.GetValue(_days) is < 1 or > 3650 || result.GetValue(_rollups) is < 1 or > 3650 => "--retention-days and --rollup-days take 1 to 3650 days.",
        _ when result.GetValue(_size) is { } size && !ByteSize.TryParse(size, out _) => $"--retention-size {size} is not a size such as 500M, 50G or 2T.",
        _ => null,
    };

    public ServerOptions Put(ParseResult result, ServerOptions options) => options with
    {
        RetentionDays = result.GetValue(_days),
        RetentionBytes = ByteSize.TryParse(result.GetValue(_size), out long bytes) ? bytes : null,
        RollupDays = result.GetValue(_rollups),
    };
}
