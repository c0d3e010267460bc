namespace Fleet.Agent.Linux;

/// <summary>Error numbers of Linux on x86-64 and arm64 (asm-generic/errno.h).</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int NoProcess = 3;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int BadHandle = 9;
    public const int Again = 11;
    public const int Access = 13;
    public const int Busy = 16;
    public const int NoDevice = 19;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int ReadOnly = 30;
    public const int BrokenPipe = 32;
    public const int NotImplemented = 38;
    public const int Protocol = 71;
    public const int ConnectionAborted = 103;
    public const int NoBufferSpace = 105;
    public const int NotConnected = 107;
    public const int TimedOut = 110;
}
