using Fleet.Contracts;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Live;
using Fleet.Server.Live.Attestation;

namespace Fleet.Server.Features.Attestation;

/// <summary>Reference values as the API shows them.</summary>
internal sealed class ReferenceViews(FleetViews functions, ReferenceCatalog catalog, TimeProvider time)
{
    /// <param name="values">The values; null where this version cannot read them.</param>
    /// <param name="document">Whether the document is shown.</param>
    public ReferenceView Of(ReferenceRow row, ReferenceValues? values, bool document) => new()
    {
        Name = row.Name,
        Revision = row.Number,
        Selector = values?.Document.Selector ?? "",
        Summary = values is null ? "This version of the server cannot read them; nothing is trusted by them." : values.Document.Summary,
        Anchors = values?.Policy.Anchors.Length ?? 0,
        Rules = values?.Policy.References.Length ?? 0,
        Functions = values is null ? 0 : Count(values),
        Author = row.Author,
        SignedBy = row.SignedBy,
        Changed = row.Created,
        Document = document ? row.Document : null,
    };

    private int Count(ReferenceValues values)
    {
        DateTimeOffset now = time.GetUtcNow();
        var all = catalog.With(values);
        return functions.Functions().Count(function => ReferenceEquals(ReferenceCatalog.For(all, function, now), values));
    }
}
