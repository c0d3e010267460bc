using System.Security.Cryptography;
using System.Text;

namespace Fleet.Server.Domain.Hosts;

/// <summary>A machine that said hello with some identity.</summary>
/// <param name="Boot">Identity of its boot.</param>
/// <param name="Address">Where it came from.</param>
internal sealed record Greeter(string Boot, string Address)
{
    private const int Longest = 36;

    /// <summary>A greeter as it says it is; what is no id of a boot stands in by its hash, so that what servers tell each other stays short.</summary>
    public static Greeter Of(string boot, string? address) => new(
        boot.Length <= Longest && Ascii.IsValid(boot) ? boot : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(boot)))[..Longest],
        address ?? "an-unknown-address");
}
