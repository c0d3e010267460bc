using Fleet.Policy;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;

namespace Fleet.Server.Domain.Attestation;

/// <summary>Reference values, read and checked.</summary>
internal sealed record ReferenceValues(string Name, int Revision, ReferenceDocument Document, Selector Selector, AppraisalPolicy Policy)
{
    /// <summary>The versions that may be spoken, the floor's and better.</summary>
    public IEnumerable<SpdmVersion> Versions => Enum.GetValues<SpdmVersion>().Where(version => version >= Policy.MinimumVersion);

    /// <summary>Whether they count at that time.</summary>
    public bool IsValid(DateTimeOffset now) => !(now < Document.Validity?.From) && !(now > Document.Validity?.Until);
}
