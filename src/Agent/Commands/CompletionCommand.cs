using System.CommandLine;
using Fleet.Agent.Local;

namespace Fleet.Agent.Commands;

/// <summary>'completion': what a shell needs to complete this program's words, addresses among them.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _fleet_agent() {
            local IFS=$'\n'
            COMPREPLY=($(fleet-agent "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null))
            [[ ${COMP_WORDBREAKS} == *:* ]] && __ltrim_colon_completions "${COMP_WORDS[COMP_CWORD]}" 2>/dev/null
            return 0
        }
        COMP_WORDBREAKS=${COMP_WORDBREAKS//:}
        complete -F _fleet_agent fleet-agent
        """;

    private const string Zsh = """
        #compdef fleet-agent
        _fleet_agent() {
            local -a words
            words=("${(@f)$(fleet-agent "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -- $words
        }
        compdef _fleet_agent fleet-agent
        """;

    public static Command Create()
    {
        Argument<string> shell = new("shell") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        Command command = new("completion", """
            Prints what a shell needs to complete commands, options and addresses.

            Examples:
              source <(fleet-agent completion bash)
              fleet-agent completion zsh > "${fpath[1]}/_fleet-agent"
            """);
        command.Arguments.Add(shell);
        command.SetAction(async (result, _) =>
        {
            await result.InvocationConfiguration.Output.WriteLineAsync(result.GetValue(shell) is "zsh" ? Zsh : Bash);
            return ExitCodes.Done;
        });
        return command;
    }
}
