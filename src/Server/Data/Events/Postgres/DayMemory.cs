using Fleet.Contracts;
using Fleet.Pci;
using Npgsql;
using NpgsqlTypes;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>
/// The numbers that stand for hosts and texts in the rows of one day. Every server gives some out; each reads under the lock of events
/// what the others gave since, so that a number means one thing. After a transaction that failed this is thrown away and read anew.
/// </summary>
internal sealed class DayMemory(DateOnly day)
{
    private readonly HostKeys _hosts = new();
    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<PciAddress, int> _functions = [];
    private readonly List<(int Key, HostId Id, string Name)> _newHosts = [];
    private readonly List<Word> _newWords = [];
    private int _lastWord;
    private int _characters;
    private bool _tellOther;

    public DateOnly Day => day;

    /// <summary>Adds the two statements that read what is new.</summary>
    public void Ask(NpgsqlBatch batch)
    {
        batch.BatchCommands.Add(After("SELECT key, id, name FROM event_hosts WHERE day = $1 AND key > $2 ORDER BY key", _hosts.Last));
        batch.BatchCommands.Add(After("SELECT code, text FROM event_words WHERE day = $1 AND code > $2 ORDER BY code", _lastWord));
    }

    /// <summary>Takes in the answers of <see cref="Ask"/>; the reader stands before the first and ends on the second.</summary>
    public async Task LearnAsync(NpgsqlDataReader rows, CancellationToken ct)
    {
        while (await rows.ReadAsync(ct))
        {
            _hosts.Learn(rows.GetInt32(0), new HostId(rows.GetGuid(1)), rows.GetString(2));
        }

        await rows.NextResultAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            Learn(new Word(rows.GetInt32(0), rows.GetString(1)));
        }
    }

    public int HostKey(HostId id, string name)
    {
        name = StorableText.Of(name);
        int key = _hosts.Of(id, name, out bool isNew);
        if (isNew)
        {
            _newHosts.Add((key, id, name));
        }

        return key;
    }

    public int? Code(string? text)
    {
        if (text is null)
        {
            return null;
        }

        text = StorableText.Of(text);
        if (!_words.TryGetValue(text, out int code))
        {
            if (_words.Count >= NameBounds.Words || _characters + text.Length > NameBounds.WordCharacters)
            {
                _tellOther = true;
                return Word.Other;
            }

            code = _lastWord + 1;
            Learn(new Word(code, text));
            _newWords.Add(new Word(code, text));
        }

        return code;
    }

    public int? Code(PciAddress? function)
    {
        if (function is not { } address)
        {
            return null;
        }

        if (!_functions.TryGetValue(address, out int code))
        {
            code = Code(address.ToString())!.Value;
            if (code is not Word.Other)
            {
                _functions.Add(address, code);
            }
        }

        return code;
    }

    /// <summary>Adds the statements that write the numbers given out since.</summary>
    public void Tell(NpgsqlBatch batch)
    {
        if (_newHosts.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO event_hosts(day, key, id, name) SELECT $1, * FROM unnest($2, $3, $4)")
            {
                Parameters =
                {
                    Value(day, NpgsqlDbType.Date),
                    Array(_newHosts.ConvertAll(host => host.Key), NpgsqlDbType.Integer),
                    Array(_newHosts.ConvertAll(host => host.Id.Value), NpgsqlDbType.Uuid),
                    Array(_newHosts.ConvertAll(host => host.Name), NpgsqlDbType.Text),
                },
            });
        }

        if (_newWords.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO event_words(day, code, text) SELECT $1, * FROM unnest($2, $3)")
            {
                Parameters =
                {
                    Value(day, NpgsqlDbType.Date),
                    Array(_newWords.ConvertAll(word => word.Code), NpgsqlDbType.Integer),
                    Array(_newWords.ConvertAll(word => word.Text), NpgsqlDbType.Text),
                },
            });
        }

        if (_tellOther)
        {
            // Says to readers that there are such rows.
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"INSERT INTO event_words(day, code, text) VALUES($1, {Word.Other}, '') ON CONFLICT DO NOTHING")
            {
                Parameters = { Value(day, NpgsqlDbType.Date) },
            });
        }

        _newHosts.Clear();
        _newWords.Clear();
        _tellOther = false;
    }

    private void Learn(Word word)
    {
        _lastWord = word.Code;
        _words[word.Text] = word.Code;
        _characters += word.Text.Length;
    }

    private static NpgsqlParameter Array<T>(List<T> values, NpgsqlDbType type) => Value(values, NpgsqlDbType.Array | type);

    private static NpgsqlParameter Value(object value, NpgsqlDbType type) => new() { Value = value, NpgsqlDbType = type };

    private NpgsqlBatchCommand After(string sql, int last) => new(sql)
    {
        Parameters = { Value(day, NpgsqlDbType.Date), Value(last, NpgsqlDbType.Integer) },
    };
}
