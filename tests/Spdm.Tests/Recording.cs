using System.Text.Json;
using Fleet.Spdm.Evidence;

namespace Fleet.Spdm.Tests;

/// <summary>A conversation with a reference implementation; read where it lies beside the checkout, or where FLEET_SPDM_TRANSCRIPTS says.</summary>
internal sealed record Recording(string Name, List<RawMessage> Messages, JsonElement Golden)
{
    private const byte KeyExchange = 0xE4;

    public static List<Recording> All()
    {
        string? folder = Environment.GetEnvironmentVariable("FLEET_SPDM_TRANSCRIPTS") ?? Beside();
        Assert.SkipUnless(Directory.Exists(folder), "No recordings: neither FLEET_SPDM_TRANSCRIPTS nor ../shared/spdm-transcripts beside the checkout.");
        return [.. Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).Select(Read)];
    }

    private static Recording Read(string path)
    {
        List<RawMessage> messages = [];
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument frame = JsonDocument.Parse(line);
            if (!frame.RootElement.TryGetProperty("spdm", out JsonElement spdm) || spdm.GetString() is not { Length: > 0 } hex)
            {
                continue;
            }

            byte[] bytes = Convert.FromHexString(hex);
            if (bytes[1] == KeyExchange)
            {
                break; // Sessions are not part of this library yet; what precedes them is.
            }

            messages.Add(new(frame.RootElement.GetProperty("dir").GetString() == "req>rsp", bytes));
        }

        using JsonDocument meta = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(path, ".meta.json")));
        return new(Path.GetFileNameWithoutExtension(path), messages, meta.RootElement.GetProperty("golden").Clone());
    }

    private static string Beside()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Fleet.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? ".", "..", "shared", "spdm-transcripts");
    }
}
