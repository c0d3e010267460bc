using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Server.Reconcile.Attestation;

internal static partial class Log
{
    [LoggerMessage(3410, LogLevel.Warning, "Host {Host} sent evidence for attestation {Attestation}, which is none of its own; it was thrown away")]
    public static partial void ForeignEvidence(this ILogger logger, HostId host, string attestation);

    [LoggerMessage(3411, LogLevel.Warning, "Host {Host} sent more than {Most} different reports for attestation {Attestation}; this one was thrown away")]
    public static partial void TooMuchEvidence(this ILogger logger, HostId host, string attestation, int most);

    [LoggerMessage(3412, LogLevel.Error, "Evidence of attestation {Attestation} could not be appraised; it is kept and tried again")]
    public static partial void AppraisalFailed(this ILogger logger, string attestation, Exception error);

    [LoggerMessage(3413, LogLevel.Information, "Function {Address} of host {Host} is {Verdict}: {Reason}")]
    public static partial void VerdictGiven(this ILogger logger, HostId host, PciAddress address, AttestationState verdict, string reason);

    [LoggerMessage(3414, LogLevel.Error, "The attestations could not be looked through; it is tried again")]
    public static partial void AttestationPassFailed(this ILogger logger, Exception error);

    [LoggerMessage(3415, LogLevel.Warning, "The agent of host {Host} could not be sent attestation {Attestation}; it gets it when it connects again")]
    public static partial void JobNotSent(this ILogger logger, HostId host, string attestation, Exception error);

    [LoggerMessage(3416, LogLevel.Information, "Attestation {Attestation} of {Address} on host {Host} does not fit the device and is planned anew")]
    public static partial void Replanned(this ILogger logger, string attestation, HostId host, PciAddress address);
}
