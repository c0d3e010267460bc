using Fleet.Contracts;

namespace Fleet.Web.Pages.Tokens;

/// <summary>What one read of a token's page brings: the token, those that it made and that are active, its trail.</summary>
public sealed record ApiTokenModel(ApiTokenView Token, Page<ApiTokenView> Made, Page<AuditView> Trail);
