namespace Fleet.Server.Features.Tokens;

internal static partial class Log
{
    [LoggerMessage(3142, LogLevel.Information, "API token {TokenName} ({TokenId}) made by {Creator}")]
    public static partial void ApiTokenCreated(this ILogger logger, string tokenName, string tokenId, string creator);

    [LoggerMessage(3143, LogLevel.Information, "API token {TokenId} revoked by {Name}")]
    public static partial void ApiTokenRevoked(this ILogger logger, string tokenId, string name);
}
