using System.Globalization;

namespace Fleet.Bench.Postgres;

/// <summary>What a benchmark with many events stored is asked to do.</summary>
/// <param name="Stored">How many are to be stored before anything is asked; 0 for an empty store.</param>
/// <param name="Postgres">On PostgreSQL instead of SQLite.</param>
/// <param name="Keep">A directory for the filled PostgreSQL that stays: the next run goes on with what is there. Null for one that goes.</param>
internal sealed record StoredOptions(long Stored, bool Postgres, string? Keep)
{
    /// <exception cref="ArgumentException">They cannot be read; the message says what can be.</exception>
    public static StoredOptions Read(string[] options)
    {
        StoredOptions read = new(0, false, null);
        for (int i = 0; i < options.Length; i++)
        {
            string value = i + 1 < options.Length ? options[i + 1] : "";
            switch (options[i])
            {
                case "--postgres":
                    read = read with { Postgres = true };
                    continue;
                case "--stored" when long.TryParse(value.Replace("_", ""), CultureInfo.InvariantCulture, out long count) && count is > 0 and <= 1_000_000_000:
                    read = read with { Stored = count };
                    break;
                case "--keep" when value.Length > 0:
                    read = read with { Keep = Path.GetFullPath(value) };
                    break;
                default:
                    throw new ArgumentException($"'{string.Join(' ', options)}' is not --stored NUMBER, --keep DIRECTORY or --postgres (for example --stored 20000000 --keep /tmp/filled).");
            }

            i++;
        }

        return read;
    }
}
