using System.CommandLine;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'doctor': what works on this host, what does not and why.</summary>
internal static class DoctorCommand
{
    public static Command Create() => LocalCommand.Add(
        new Command("doctor", """
            Says what works on this host, what does not and why, and which ways around the broker nobody watches.

            Example:
              fleet-agent doctor
            """),
        async call =>
        {
            LocalState state = await call.Client.GetAsync<LocalState>("/v1/state", call.Cancellation);
            return await call.ShowAsync(state, () => Describe(state));
        });

    private static string Describe(LocalState state)
    {
        StringBuilder text = new(StateCommand.Describe(state));
        text.AppendLine().AppendLine("Sensors");
        text.AppendLine(state.Facts.Sensors.Count is 0
            ? "  None: what goes around the broker goes unseen."
            : TextTable.Write(
                ["  SENSOR", "WORKS", "SEES", "WHY NOT, OR ONLY IN PART"],
                state.Facts.Sensors.Select(s => new[] { "  " + s.Name, s.Works ? "yes" : "no", s.Covers.Length > 0 ? s.Covers : "-", s.Why.Length > 0 ? s.Why : "-" })));
        foreach (string reduced in state.Facts.Reduced)
        {
            text.Append("! ").AppendLine(TextTable.Printable(reduced));
        }

        return text.ToString();
    }
}
