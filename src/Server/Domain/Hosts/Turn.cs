using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Server.Domain.Hosts;

/// <summary>What became of a hello, as one server tells the others: with it each of them knows who took turns, wherever they said hello.</summary>
/// <param name="Host">Whose identity was used.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Greeter">Who used it.</param>
/// <param name="At">When, to the millisecond, by the clock of the server that says so.</param>
internal sealed record Turn(HostId Host, TurnOutcome Outcome, Greeter Greeter, DateTimeOffset At)
{
    /// <summary>Five words; what the agent chose is in hexadecimal, so that it can neither end a word nor a line.</summary>
    public override string ToString() => $"{Host} {Outcome} {Greeter.Address} {Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Greeter.Boot))} {At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}";

    public static bool TryParse(string text, [NotNullWhen(true)] out Turn? turn)
    {
        turn = text.Split(' ') is [string host, string outcome, string address, string boot, string at]
            && HostId.TryParse(host, out HostId id)
            && Enum.TryParse(outcome, out TurnOutcome became)
            && Enum.IsDefined(became)
            && boot.Length % 2 is 0
            && boot.All(char.IsAsciiHexDigitLower)
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? new Turn(
                    id, became, new Greeter(Encoding.UTF8.GetString(Convert.FromHexString(boot)), address), DateTimeOffset.FromUnixTimeMilliseconds(milliseconds))
                : null;
        return turn is not null;
    }
}
