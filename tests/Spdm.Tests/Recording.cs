using System.Text.Json;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Sessions;

namespace Fleet.Spdm.Tests;

/// <summary>A conversation with a reference implementation; read where it lies beside the checkout, or where FLEET_SPDM_TRANSCRIPTS says.</summary>
internal sealed record Recording(string Name, List<RawMessage> Messages, JsonElement Golden, List<IKeyAgreement> Agreements)
{
    private const byte KeyExchange = 0xE4;
    private const int ExchangeOffset = 40;
    private const int P256Size = 64; // The recorded sessions are of P-256.

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
            byte type = Convert.FromHexString(frame.RootElement.GetProperty("hex").GetString()!)[2];
            messages.Add(new(frame.RootElement.GetProperty("dir").GetString() == "req>rsp", bytes) { IsSecured = type == 2 });
        }

        using JsonDocument meta = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(path, ".meta.json")));
        List<string> secrets = meta.RootElement.TryGetProperty("key_schedule_dump", out JsonElement dump)
            ? [.. dump.GetProperty("dhe_secret").EnumerateArray().Select(secret => secret.GetString()!)]
            : [];
        IEnumerable<ReadOnlyMemory<byte>> exchanges = messages.Where(message => message.IsRequest && !message.IsSecured && message.Bytes.Span[1] == KeyExchange)
            .Select(message => message.Bytes.Slice(ExchangeOffset, P256Size));
        List<IKeyAgreement> agreements = [.. exchanges.Zip(secrets, (data, secret) => new RecordedAgreement(data, Convert.FromHexString(secret)))];
        return new(Path.GetFileNameWithoutExtension(path), messages, meta.RootElement.GetProperty("golden").Clone(), agreements);
    }

    private sealed record RecordedAgreement(ReadOnlyMemory<byte> ExchangeData, byte[] Shared) : IKeyAgreement
    {
        public byte[] Secret(ReadOnlyMemory<byte> peer) => Shared;
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
