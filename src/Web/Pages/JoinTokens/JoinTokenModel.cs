using Fleet.Contracts;

namespace Fleet.Web.Pages.JoinTokens;

/// <summary>What one read of a token's page brings: the token with its hosts, and its trail.</summary>
public sealed record JoinTokenModel(JoinTokenDetail Detail, Page<AuditView> Trail);
