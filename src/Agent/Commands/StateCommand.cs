using System.CommandLine;
using System.Globalization;
using System.Text;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'state': the agent as it is now.</summary>
internal static class StateCommand
{
    public static Command Create() => LocalCommand.Add(
        new Command("state", """
            Says how the agent is: its server, what waits to be sent, the policies in force, where things are.

            Examples:
              fleet-agent state
              fleet-agent state --json | jq .connected
            """),
        async call =>
        {
            LocalState state = await call.Client.GetAsync<LocalState>("/v1/state", call.Cancellation);
            return await call.ShowAsync(state, () => Describe(state));
        });

    public static string Describe(LocalState state)
    {
        HostFacts facts = state.Facts;
        string policies = state.Policies.Count is 0 ? "none" : string.Join(", ", state.Policies.Select(p => $"{p.Name} r{p.Revision}"));
        StringBuilder text = new();
        void Line(string name, string value) => text.Append(name.PadRight(12)).AppendLine(TextTable.Printable(value));
        Line("host", $"{facts.Name} ({state.Host?.ToString() ?? "has not joined a server"})");
        Line("kernel", $"{facts.Kernel} {facts.Architecture}, lockdown {facts.Lockdown}, taint {facts.Tainted?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}");
        Line("agent", $"{facts.AgentVersion}, intercept {facts.Intercept}, mode {Notation.Word(facts.Mode)}{(facts.Simulated ? ", simulated hardware" : "")}");
        Line("server", $"{(state.Connected ? "connected" : "not connected")}, {state.EventsSpooled} events wait");
        Line("policies", string.Create(CultureInfo.InvariantCulture, $"{policies} (assignment {state.Generation})"));
        foreach ((string name, string where) in state.Endpoints.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            Line(name, where);
        }

        if (state.Link is { } link)
        {
            Line("certificate", string.Create(CultureInfo.InvariantCulture, $"good until {link.CertificateExpires.UtcDateTime:u}"));
            if (Math.Abs(link.ClockOffsetSeconds ?? 0) >= LinkStanding.NotableOffset.TotalSeconds)
            {
                text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"! This host's clock is {link.ClockOffsetSeconds:+0;-0} s off the server's: set it."));
            }

            if (link.Refusal is not null)
            {
                text.Append("! The server refuses this host: ").AppendLine(TextTable.Printable($"{link.Refusal}. {link.Explanation}"));
            }
        }

        if (state.SpoolTrouble is not null)
        {
            text.Append("! ").AppendLine(TextTable.Printable(state.SpoolTrouble));
        }

        if (state.Rejected is not null)
        {
            text.Append("! The last assignment was refused: ").AppendLine(TextTable.Printable(state.Rejected));
        }

        return text.ToString();
    }
}
