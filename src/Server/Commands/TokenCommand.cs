using System.CommandLine;

namespace Fleet.Server.Commands;

/// <summary>fleet-server token</summary>
internal static class TokenCommand
{
    public static Command Create() => new("token", "Join tokens.");
}
