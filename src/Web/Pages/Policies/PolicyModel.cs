using Fleet.Client;
using Fleet.Contracts;

namespace Fleet.Web.Pages.Policies;

/// <summary>What the editor begins with.</summary>
/// <param name="Latest">The policy as it is; null for a new one.</param>
/// <param name="Revision">An older revision to look at; null for the latest.</param>
public sealed record PolicyModel(Tagged<PolicyView>? Latest, PolicyView? Revision);
