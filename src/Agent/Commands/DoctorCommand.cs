using System.CommandLine;
using System.Globalization;
using System.Text;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'doctor': what works on this host, what does not and why.</summary>
internal static class DoctorCommand
{
    public static Command Create() => LocalCommand.Add(
        new Command("doctor", "Says how the agent is, what does not work on this host and why.\n\nExample:\n  fleet-agent doctor"),
        async call =>
        {
            LocalState state = await call.Client.GetAsync<LocalState>("/v1/state", call.Cancellation);
            return await call.ShowAsync(state, () => Describe(state));
        });

    private static string Describe(LocalState state)
    {
        HostFacts facts = state.Facts;
        string policies = state.Policies.Count is 0 ? "none" : string.Join(", ", state.Policies.Select(p => $"{p.Name} r{p.Revision}"));
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"host       {facts.Name} ({state.Host?.ToString() ?? "has not joined a server"})");
        text.AppendLine(CultureInfo.InvariantCulture, $"kernel     {facts.Kernel} {facts.Architecture}, lockdown {facts.Lockdown}, taint {facts.Tainted?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}");
        text.AppendLine(CultureInfo.InvariantCulture, $"mode       {facts.Mode.ToString().ToLowerInvariant()}");
        text.AppendLine(CultureInfo.InvariantCulture, $"server     {(state.Connected ? "connected" : "not connected")}, {state.EventsSpooled} events wait");
        text.AppendLine(CultureInfo.InvariantCulture, $"policies   {policies} (assignment {state.Generation})");
        text.AppendLine(CultureInfo.InvariantCulture, $"mirror     {state.Endpoints.GetValueOrDefault("mirror") ?? "none"}");
        if (state.Rejected is not null)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"! The last assignment was refused: {state.Rejected}");
        }

        foreach (string reduced in facts.Reduced)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"! {reduced}");
        }

        return text.ToString();
    }
}
