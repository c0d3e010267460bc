using Fleet.Pci;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// The texts that events of a day say again and again, each with a small number that stands for it in the rows. Agents may say any text,
/// so there is an end to it: what comes after has the number <see cref="Other"/>, and whoever looks for a text looks at those rows too.
/// </summary>
internal sealed class Words : IDisposable
{
    /// <summary>Stands for every text that has no number of its own.</summary>
    public const long Other = 0;

    private readonly Dictionary<string, long> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<PciAddress, long> _functions = [];
    private readonly Statement _insert;
    private long _last = Other;
    private int _characters;
    private bool _hasOther;

    public Words(SqliteConnection file)
    {
        _insert = new Statement(file, "INSERT INTO words(code, text) VALUES(?, ?)");
        using Statement all = new(file, "SELECT code, text FROM words");
        while (all.Step())
        {
            _last = Math.Max(_last, all.Number(0));
            if (all.Number(0) is Other)
            {
                _hasOther = true;
                continue;
            }

            string text = all.Text(1);
            _codes[text] = all.Number(0);
            _characters += text.Length;
        }
    }

    /// <returns>Null for null.</returns>
    public long? Of(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (_codes.TryGetValue(text, out long code))
        {
            return code;
        }

        string stored = StorableText.Of(text);
        if (stored != text)
        {
            return Of(stored);
        }

        if (_codes.Count >= NameBounds.Words || _characters + text.Length > NameBounds.WordCharacters)
        {
            if (!_hasOther)
            {
                Insert(Other, ""); // Says to readers that there are such rows.
                _hasOther = true;
            }

            return Other;
        }

        code = ++_last;
        Insert(code, text);
        _codes.Add(text, code);
        _characters += text.Length;
        return code;
    }

    public long? Of(PciAddress? function)
    {
        if (function is not { } address)
        {
            return null;
        }

        if (!_functions.TryGetValue(address, out long code))
        {
            code = Of(address.ToString())!.Value;
            if (code is not Other)
            {
                _functions.Add(address, code);
            }
        }

        return code;
    }

    public void Dispose() => _insert.Dispose();

    private void Insert(long code, string text)
    {
        _insert.Bind(1, code);
        _insert.Bind(2, text);
        _insert.Run();
    }
}
