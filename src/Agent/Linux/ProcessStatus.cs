using System.Globalization;

namespace Fleet.Agent.Linux;

/// <summary>The lines of /proc/TID/status that matter here.</summary>
internal readonly record struct ProcessStatus(int Tgid, uint Uid, ulong Effective, ulong Pending, ulong Handled)
{
    private const int AdminCapability = 21; // CAP_SYS_ADMIN
    private const int KillSignal = 9;

    // Signals whose default action is to be ignored, to stop or to go on: CHLD CONT STOP TSTP TTIN TTOU URG WINCH.
    private const ulong Harmless = 0x087F_0000;

    public bool HasAdminCapability => (Effective & (1UL << AdminCapability)) is not 0;

    /// <summary>True when a signal that ends the process waits for it.</summary>
    public bool IsDying => (Pending & (Bit(KillSignal) | ~(Handled | Harmless))) is not 0;

    public static ProcessStatus? TryRead(int tid)
    {
        string? text = SmallFile.TryRead($"/proc/{tid}/status");
        return text is null ? null : Parse(text);
    }

    public static ProcessStatus Parse(string text)
    {
        int tgid = 0;
        uint uid = uint.MaxValue;
        ulong effective = 0;
        ulong pending = 0;
        ulong handled = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            if (colon < 0)
            {
                continue;
            }

            ReadOnlySpan<char> value = line[(colon + 1)..].Trim();
            switch (line[..colon])
            {
                case "Tgid":
                    _ = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out tgid);
                    break;
                case "Uid":
                    uid = EffectiveUser(value);
                    break;
                case "CapEff":
                    effective = Hex(value);
                    break;
                case "SigPnd" or "ShdPnd":
                    pending |= Hex(value);
                    break;
                case "SigCgt" or "SigIgn" or "SigBlk":
                    handled |= Hex(value);
                    break;
            }
        }

        return new ProcessStatus(tgid, uid, effective, pending, handled);
    }

    // Real, effective, saved and file system user, tabs between them.
    private static uint EffectiveUser(ReadOnlySpan<char> value)
    {
        Span<Range> fields = stackalloc Range[5];
        return value.Split(fields, '\t') >= 2 && uint.TryParse(value[fields[1]], NumberStyles.None, CultureInfo.InvariantCulture, out uint uid)
            ? uid
            : uint.MaxValue;
    }

    private static ulong Bit(int signal) => 1UL << (signal - 1);

    private static ulong Hex(ReadOnlySpan<char> text) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value : 0;
}
