using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Server.Domain.Hosts;

/// <summary>What became of a hello, as one server tells the others: with it each of them knows who took turns, wherever they said hello.</summary>
/// <param name="Host">Whose identity was used.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Greeter">Who used it.</param>
internal sealed record Turn(HostId Host, TurnOutcome Outcome, Greeter Greeter)
{
    /// <summary>Four words; what the agent chose is in hexadecimal, so that it can neither end a word nor a line.</summary>
    public override string ToString() => $"{Host} {Outcome} {Greeter.Address} {Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Greeter.Boot))}";

    public static bool TryParse(string text, [NotNullWhen(true)] out Turn? turn)
    {
        turn = text.Split(' ') is [string host, string outcome, string address, string boot]
            && HostId.TryParse(host, out HostId id)
            && Enum.TryParse(outcome, out TurnOutcome became)
            && Enum.IsDefined(became)
            && boot.Length % 2 is 0
            && boot.All(char.IsAsciiHexDigitLower)
                ? new Turn(id, became, new Greeter(Encoding.UTF8.GetString(Convert.FromHexString(boot)), address))
                : null;
        return turn is not null;
    }
}
