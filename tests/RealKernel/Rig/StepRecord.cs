using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.RealKernel.Tests.Rig;

/// <summary>What one step in the guest kept.</summary>
public sealed class StepRecord(string name, string folder)
{
    /// <summary>The status with which a command ended.</summary>
    public int Status(string command) => int.Parse(Text($"{command}.status"), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The process id that a command had.</summary>
    public int Pid(string command) => int.Parse(Text($"{command}.pid"), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>What a command printed, without judging how it ended.</summary>
    public string Output(string command) => Text($"{command}.out");

    /// <summary>What a command wrote as errors.</summary>
    public string Errors(string command) => Text($"{command}.err");

    /// <summary>The lines that a command printed; it must have succeeded.</summary>
    public string[] Lines(string command)
    {
        Assert.True(Status(command) is 0, $"{name}: {command} ended with {Status(command)}: {Errors(command)}");
        return Output(command).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What a command printed, as JSON of the product's own shapes.</summary>
    public T Json<T>(string command)
    {
        string text = string.Join('\n', Lines(command));
        try
        {
            return JsonSerializer.Deserialize<T>(text, FleetJson.Options)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name}: {command} is not the JSON expected ({e.Message}): {text}\n{Recording.End(Path.Combine(folder, "agent.log"))}", e);
        }
    }

    /// <summary>The events that a command printed, one a line.</summary>
    internal IReadOnlyList<FleetEvent> Events(string command) =>
        [.. Lines(command).Select(line => JsonSerializer.Deserialize<FleetEvent>(line, FleetJson.Options)!)];

    /// <summary>Whether a file was kept.</summary>
    public bool Has(string file) => File.Exists(Path.Combine(folder, file));

    /// <summary>The text of a file that was kept, trimmed.</summary>
    public string Text(string file)
    {
        string path = Path.Combine(folder, file);
        Assert.True(File.Exists(path), $"{name}: there is no {file}.\nstep.log:\n{Recording.End(Path.Combine(folder, "step.log"))}\nagent.log:\n{Recording.End(Path.Combine(folder, "agent.log"))}");
        return File.ReadAllText(path).TrimEnd();
    }

    /// <summary>The bytes of a file that was kept.</summary>
    public byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(folder, file));

    /// <summary>The names of the files kept that match a pattern.</summary>
    public IReadOnlyList<string> Files(string pattern) =>
        [.. Directory.EnumerateFiles(folder, pattern).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
