namespace Fleet.Simulator.Spdm;

/// <summary>Codes of ERROR that the responder gives (DSP0274, error codes).</summary>
internal static class ErrorCodes
{
    public const byte InvalidRequest = 0x01;
    public const byte Busy = 0x03;
    public const byte UnexpectedRequest = 0x04;
    public const byte DecryptError = 0x06;
    public const byte UnsupportedRequest = 0x07;
    public const byte SessionLimitExceeded = 0x0A;
    public const byte ResponseTooLarge = 0x0D;
    public const byte RequestTooLarge = 0x0E;
    public const byte LargeResponse = 0x0F;
    public const byte VersionMismatch = 0x41;
    public const byte ResponseNotReady = 0x42;
    public const byte RequestResynch = 0x43;
}
