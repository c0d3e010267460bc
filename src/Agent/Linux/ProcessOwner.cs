using System.Globalization;

namespace Fleet.Agent.Linux;

/// <summary>The users a process runs as, from the Uid line of /proc/PID/status.</summary>
/// <param name="Real">Who started it.</param>
/// <param name="Effective">Whose rights it has.</param>
internal readonly record struct ProcessOwner(uint Real, uint Effective)
{
    private const string Label = "Uid:";

    public static ProcessOwner? TryRead(int pid) => SmallFile.TryRead($"/proc/{pid}/status") is { } text ? Parse(text) : null;

    public static ProcessOwner? Parse(string text)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(Label, StringComparison.Ordinal))
            {
                string[] fields = line[Label.Length..].ToString().Split('\t', StringSplitOptions.RemoveEmptyEntries);
                return fields.Length >= 2 && TryUser(fields[0], out uint real) && TryUser(fields[1], out uint effective)
                    ? new ProcessOwner(real, effective)
                    : null;
            }
        }

        return null;
    }

    private static bool TryUser(string text, out uint user) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out user);
}
