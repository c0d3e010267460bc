using System.Collections.Immutable;
using Fleet.Contracts;
using Fleet.Server.Domain.Attestation;

namespace Fleet.Server.Live.Attestation;

/// <summary>Judges stored evidence again.</summary>
internal interface IAppraisals
{
    /// <summary>What would change if these were the reference values; nothing does.</summary>
    Task<(int Appraised, IReadOnlyList<VerdictChange> Changes)> PreviewAsync(ImmutableArray<ReferenceValues> values, CancellationToken ct);

    /// <summary>Judges again whatever was judged by other reference values than those in force.</summary>
    Task<(int Appraised, IReadOnlyList<VerdictChange> Changes)> CatchUpAsync(CancellationToken ct);

    /// <summary>Judges a function's evidence again, whatever it was judged by.</summary>
    Task AgainAsync(FunctionId function, CancellationToken ct);
}
