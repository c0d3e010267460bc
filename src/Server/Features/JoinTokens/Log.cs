namespace Fleet.Server.Features.JoinTokens;

internal static partial class Log
{
    [LoggerMessage(3140, LogLevel.Information, "Join token {TokenId} for {Uses} host(s) made by {Creator}")]
    public static partial void JoinTokenCreated(this ILogger logger, string tokenId, int uses, string creator);

    [LoggerMessage(3141, LogLevel.Information, "Join token {TokenId} revoked by {Name}")]
    public static partial void JoinTokenRevoked(this ILogger logger, string tokenId, string name);
}
