using System.Collections.Immutable;
using System.Text;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Live.News;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Live.Attestation;

/// <summary>The reference values in force, in memory. Immutable inside: a change makes another list.</summary>
internal sealed class ReferenceCatalog(IFleetNews news, ILogger<ReferenceCatalog> log)
{
    private readonly Lock _gate = new();
    private ImmutableArray<ReferenceValues> _all = [];
    private int _revisions;

    public ImmutableArray<ReferenceValues> All => _all;

    /// <summary>Reads what the database has in force, in place of what was known.</summary>
    public async Task LoadAsync(FleetDb db, CancellationToken ct)
    {
        List<ReferenceValues> read = [];
        foreach (ReferenceRow row in (await LatestAsync(db, ct)).Where(row => row.Document is not null))
        {
            if (ReferenceReader.Read(row.Name, row.Number, Encoding.UTF8.GetBytes(row.Document!), out IReadOnlyList<Diagnostic> errors) is { } values)
            {
                read.Add(values);
            }
            else
            {
                // What cannot be read trusts nothing: the functions are unknown until it is put right.
                log.ReferenceUnreadable(row.Name, row.Number, errors[0].Message);
            }
        }

        lock (_gate)
        {
            // What this server put in force while the rows were read is newer than they are.
            _all = [.. read.Select(values => ByName(values.Name) is { } known && known.Revision > values.Revision ? known : values)];
        }
    }

    /// <summary>Reads them anew if there are more revisions than there were; none is ever changed or taken away.</summary>
    public async Task CatchUpAsync(FleetDb db, CancellationToken ct)
    {
        int revisions = await db.Set<ReferenceRow>().CountAsync(ct);
        if (revisions != _revisions)
        {
            await LoadAsync(db, ct);
            _revisions = revisions;
        }
    }

    public static async Task<List<ReferenceRow>> LatestAsync(FleetDb db, CancellationToken ct) => await db.Set<ReferenceRow>().AsNoTracking()
        .Where(row => row.Number == db.Set<ReferenceRow>().Where(other => other.Name == row.Name).Max(other => other.Number)).ToListAsync(ct);

    /// <summary>Puts values in force; an older revision that comes late changes nothing.</summary>
    public void Put(ReferenceValues values)
    {
        lock (_gate)
        {
            _all = ByName(values.Name)?.Revision > values.Revision ? _all : With(values);
        }

        news.Publish(NewsKind.References);
    }

    public void Remove(string name)
    {
        lock (_gate)
        {
            _all = Without(name);
        }

        news.Publish(NewsKind.References);
    }

    /// <summary>The list as it would be with these values.</summary>
    public ImmutableArray<ReferenceValues> With(ReferenceValues values) => [.. _all.Where(other => other.Name != values.Name), values];

    /// <summary>The list as it would be without them.</summary>
    public ImmutableArray<ReferenceValues> Without(string name) => [.. _all.Where(other => other.Name != name)];

    public ReferenceValues? ByName(string? name) => _all.FirstOrDefault(values => values.Name == name);

    public ReferenceValues? For(FunctionView function, DateTimeOffset now) => For(_all, function, now);

    /// <summary>The values that count for a function: those of the highest priority, then the first by name; null where none do.</summary>
    public static ReferenceValues? For(ImmutableArray<ReferenceValues> all, FunctionView function, DateTimeOffset now)
    {
        ISelectable selectable = Selectables.Of(function);
        return all.Where(values => values.IsValid(now) && values.Selector.Matches(selectable))
            .OrderByDescending(values => values.Document.Priority).ThenBy(values => values.Name, StringComparer.Ordinal).FirstOrDefault();
    }
}
