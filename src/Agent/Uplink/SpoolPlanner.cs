using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>
/// Decides what becomes of events, by class and by how full the spool is. State and policy go in while there is room at all. Contention goes in as it
/// is up to half; beyond, it is merged, by the hour while rows are few, then regardless of time; where even that finds no room it is lost, and counted.
/// Evidence is no event and stands in a spool of its own.
/// </summary>
internal sealed class SpoolPlanner(SpoolOptions options, string hostName)
{
    private const int MostReleased = 1000;
    private const double MergeFrom = 0.5;
    private const double ReleaseBelow = 0.25;
    private const double ContentionUpTo = 0.9;

    // Bytes of an event on disk, as far as bounds need them before it is written.
    private const int TypicalBytes = 600;

    private readonly Dictionary<long, MergedRow> _rows = [];
    private readonly Dictionary<MergeKey, MergedRow> _open = [];
    private long _nextRow = 1;

    /// <summary>Rows of merged contention.</summary>
    public int Rows => _rows.Count;

    /// <summary>Whether rows would get sequences now.</summary>
    public bool MayRelease(SpoolLoad load) => new Filling(options, load.Events, load.EventBytes).Share < ReleaseBelow;

    /// <summary>Takes in the rows that an earlier life left.</summary>
    public void Restore(IEnumerable<(long Id, FleetEvent Event)> rows)
    {
        foreach ((long id, FleetEvent e) in rows)
        {
            if (MergeKey.Of(e) is { } key)
            {
                Keep(new MergedRow(id, key, e));
            }
        }
    }

    /// <param name="events">What was published, in order.</param>
    /// <param name="load">What is on disk.</param>
    /// <param name="untold">Losses that nothing has told of.</param>
    /// <param name="now">The time of events that tell of losses.</param>
    public SpoolPlan Plan(IReadOnlyList<FleetEvent> events, SpoolLoad load, IReadOnlyDictionary<LossKey, Loss> untold, DateTimeOffset now)
    {
        SpoolPlan plan = new();
        Filling filling = new(options, load.Events + load.Rows, load.EventBytes + load.RowBytes);
        Tell(plan, ref filling, untold, now);
        Release(plan, load);
        bool merging = _rows.Count > plan.Released.Count;
        foreach (FleetEvent e in events)
        {
            MergeKey? key = MergeKey.Of(e);
            merging |= filling.Share >= MergeFrom;
            if (key is null ? filling.HasRoom : !merging)
            {
                plan.Events.Add(e);
                filling.Add();
            }
            else if (key is null || !Merge(plan, ref filling, key, e))
            {
                plan.Lost = new Loss(plan.Lost.Count + e.Count, plan.Lost.Count is 0 ? now : plan.Lost.First);
            }
        }

        if (plan.Lost.Count > 0)
        {
            LossKey full = new(LossReasons.SpoolFull, false);
            plan.Untold[full] = plan.Untold.TryGetValue(full, out Loss before) ? before with { Count = before.Count + plan.Lost.Count } : plan.Lost;
        }

        return plan;
    }

    /// <summary>A plan is on disk: it holds from now on.</summary>
    public void Done(SpoolPlan plan)
    {
        foreach (long id in plan.Released)
        {
            if (_rows.Remove(id, out MergedRow? row) && _open.GetValueOrDefault(row.Key)?.Id == id)
            {
                _open.Remove(row.Key);
            }
        }

        foreach (MergedRow row in plan.Merged.Values)
        {
            Keep(row);
        }
    }

    private void Keep(MergedRow row)
    {
        _rows[row.Id] = row;
        _open[row.Key] = row;
        _nextRow = Math.Max(_nextRow, row.Id + 1);
    }

    private void Tell(SpoolPlan plan, ref Filling filling, IReadOnlyDictionary<LossKey, Loss> untold, DateTimeOffset now)
    {
        foreach ((LossKey key, Loss loss) in untold)
        {
            if (filling.Share >= ContentionUpTo)
            {
                plan.Untold[key] = loss;
                continue;
            }

            plan.Told[key] = loss;
            plan.Events.Add(LossLedger.Tell(key, loss, hostName, now));
            filling.Add();
        }
    }

    // What was merged goes on its way, oldest first, when the events before it are mostly gone.
    private void Release(SpoolPlan plan, SpoolLoad load)
    {
        if (_rows.Count is 0 || !MayRelease(load))
        {
            return;
        }

        foreach (MergedRow row in _rows.Values.OrderBy(row => row.Id).Take(MostReleased))
        {
            plan.Released.Add(row.Id);
            plan.Events.Add(row.Event);
        }
    }

    private bool Merge(SpoolPlan plan, ref Filling filling, MergeKey key, FleetEvent e)
    {
        int most = options.MaxEvents / 5;
        int rows = _rows.Count + plan.NewRows;
        bool roomy = filling.Share < ContentionUpTo;
        MergedRow? row = plan.Open.GetValueOrDefault(key) ?? _open.GetValueOrDefault(key);
        if (row is not null && !plan.Released.Contains(row.Id) && (row.Hour == MergedRow.HourOf(e) || rows >= most / 2 || !roomy))
        {
            row = row with { Event = MergeKey.Merge(row.Event, e) };
            plan.MergedEvents++;
        }
        else if (rows < most && roomy)
        {
            row = new MergedRow(_nextRow++, key, e);
            plan.NewRows++;
            filling.Add();
        }
        else
        {
            return false;
        }

        plan.Open[key] = row;
        plan.Merged[row.Id] = row;
        return true;
    }

    private struct Filling(SpoolOptions options, long count, long bytes)
    {
        private long _count = count;
        private long _bytes = bytes;

        /// <summary>How much of the room is taken, 0 to 1.</summary>
        public readonly double Share => Math.Max((double)_count / options.MaxEvents, (double)_bytes / options.MaxBytes);

        /// <summary>Whether one more fits, with a place left to tell of a loss.</summary>
        public readonly bool HasRoom => _count + 1 < options.MaxEvents && _bytes + TypicalBytes < options.MaxBytes;

        public void Add()
        {
            _count++;
            _bytes += TypicalBytes;
        }
    }
}
