using Fleet.Contracts;

namespace Fleet.Server.Features.Enrolment;

/// <summary>Says what is wrong with a request to join, whoever sent it.</summary>
internal static class JoinCheck
{
    private const int LongestName = 253;
    private const int LongestToken = 256;

    /// <returns>Null when nothing is.</returns>
    public static string? Check(EnrollRequest request)
    {
        if (string.IsNullOrEmpty(request.Token) || request.Token.Length > LongestToken)
        {
            return "token is missing; give the part of the join token between 'fleetjoin_' and the dot.";
        }

        if (!IsName(request.HostName))
        {
            return $"hostName must have 1 to {LongestName} characters, none of them a control character.";
        }

        if (!IsName(request.MachineId))
        {
            return $"machineId must have 1 to {LongestName} characters, none of them a control character.";
        }

        // What JSON leaves out is null here, whatever the type says.
        return request.Previous is { } previous && (previous.PublicKey is null || previous.Signature is null)
            ? "previous must have host, publicKey and signature."
            : null;
    }

    private static bool IsName(string? text) => !string.IsNullOrEmpty(text) && text.Length <= LongestName && !text.Any(char.IsControl);
}
