namespace Fleet.Agent.Local;

/// <summary>What the commands' exit codes mean.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 1;

    /// <summary>The agent answered no: claim held, nothing of that name, exchange failed.</summary>
    public const int Refused = 2;

    /// <summary>No agent can be talked to.</summary>
    public const int NoAgent = 3;

    /// <summary>The agent cannot start here.</summary>
    public const int CannotStart = 4;

    /// <summary>The host could not join its server.</summary>
    public const int CannotJoin = 5;

    /// <summary>Ctrl-C before it was done (128 + SIGINT, as shells count).</summary>
    public const int Interrupted = 130;

    public const string Help = "Exit codes: 0 done, 1 wrong command line, 2 refused by the agent, 3 no agent to talk to, 4 cannot start here, 5 cannot join the server, 130 interrupted.";
}
