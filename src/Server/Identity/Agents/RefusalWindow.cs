namespace Fleet.Server.Identity.Agents;

/// <summary>
/// Counts refusals, and says which to write down: of one reason and subject one entry a minute, with how many there were. Strangers share a
/// bounded number of entries, however many they are. Pure: the time comes in.
/// </summary>
internal sealed class RefusalWindow
{
    private const int MostStrangers = 64;
    private const string OtherStrangers = "other addresses";
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);
    private readonly Dictionary<(string Reason, string Subject, bool Stranger), Entry> _entries = [];

    /// <param name="reason">Why.</param>
    /// <param name="subject">A host that is ours, or a stranger's address.</param>
    /// <param name="stranger">Whether nothing of the subject is verified.</param>
    /// <param name="detail">What happened the last time.</param>
    public void Add(string reason, string subject, bool stranger, string detail)
    {
        if (stranger && !_entries.ContainsKey((reason, subject, true)) && _entries.Keys.Count(key => key.Stranger) >= MostStrangers)
        {
            subject = OtherStrangers;
        }

        Entry entry = _entries.TryGetValue((reason, subject, stranger), out Entry? known) ? known : _entries[(reason, subject, stranger)] = new Entry();
        entry.Count++;
        entry.Detail = detail;
    }

    /// <summary>What is to be written down now; it counts as written.</summary>
    public IReadOnlyList<RefusalCount> Take(DateTimeOffset now)
    {
        List<RefusalCount> due = [];
        foreach ((var key, Entry entry) in _entries.ToArray())
        {
            if (now - entry.Written < Between)
            {
                continue;
            }

            if (entry.Count is 0)
            {
                _entries.Remove(key);
                continue;
            }

            due.Add(new RefusalCount(key.Reason, key.Subject, entry.Count, entry.Detail));
            (entry.Count, entry.Written) = (0, now);
        }

        return due;
    }

    /// <summary>Counts again what could not be written.</summary>
    public void Return(IEnumerable<RefusalCount> counts)
    {
        foreach (RefusalCount count in counts)
        {
            if (_entries.FirstOrDefault(entry => entry.Key.Reason == count.Reason && entry.Key.Subject == count.Subject).Value is { } entry)
            {
                (entry.Count, entry.Written) = (entry.Count + count.Count, DateTimeOffset.MinValue);
            }
        }
    }

    private sealed class Entry
    {
        public long Count { get; set; }

        public DateTimeOffset Written { get; set; } = DateTimeOffset.MinValue;

        public string Detail { get; set; } = "";
    }
}
