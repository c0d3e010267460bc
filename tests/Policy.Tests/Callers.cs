using Fleet.Contracts;

namespace Fleet.Policy.Tests;

internal static class Callers
{
    public static readonly Caller Setpci = new() { Pid = 100, StartTime = 5, Uid = 0, Comm = "setpci", Exe = "/usr/bin/setpci" };
    public static readonly Caller Flash = new() { Pid = 200, StartTime = 6, Uid = 0, Comm = "pm9flash", Exe = "/usr/sbin/pm9flash", Unit = "flash.service" };
    public static readonly Caller User = new() { Pid = 300, StartTime = 7, Uid = 1000, Comm = "lspci", Exe = "/usr/bin/lspci" };
}
