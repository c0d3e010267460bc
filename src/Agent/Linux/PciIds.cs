using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Fleet.Agent.Linux;

/// <summary>
/// Names of vendors, devices and classes from the pci.ids database, where the host has one. A host needs a handful of its thirty thousand
/// names: those asked for are kept, the database itself only until memory is wanted.
/// </summary>
internal sealed class PciIds
{
    public const string DefaultPath = "/usr/share/misc/pci.ids";

    private const long SizeLimit = 16 * 1024 * 1024;

    private readonly string _path;
    private readonly ConcurrentDictionary<string, string?> _names = new();
    private readonly WeakReference<byte[]> _text = new([]);

    private PciIds(string path) => _path = path;

    /// <summary>A missing, unreadable or oversized file gives no names.</summary>
    public static PciIds Load(string path) => new(path);

    public string? Vendor(ushort vendor) => Name(Text($"{vendor:x4}"));

    public string? Device(ushort vendor, ushort device) => Name(Text($"{vendor:x4}"), Text($"{device:x4}"));

    /// <summary>The subclass's name, or the class's when the subclass has none.</summary>
    public string? Class(byte classCode, byte subclass) => Name(Text($"C {classCode:x2}"), Text($"{subclass:x2}")) ?? Name(Text($"C {classCode:x2}"));

    private string? Name(string entry, string? inner = null) =>
        _names.GetOrAdd(inner is null ? entry : $"{entry}/{inner}", _ => Find(Database(), entry, inner));

    // "vvvv  Name", "\tdddd  Name", "C cc  Name", "\tss  Name"; two tabs are subsystems and interfaces, not needed here.
    private static string? Find(ReadOnlySpan<byte> text, string entry, string? inner)
    {
        if (!TryLine(text, $"\n{entry}  ", out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> rest))
        {
            return null;
        }

        return inner is null ? Encoding.UTF8.GetString(name)
            : TryLine(Block(rest), $"\n\t{inner}  ", out name, out _) ? Encoding.UTF8.GetString(name)
            : null;
    }

    private static bool TryLine(ReadOnlySpan<byte> text, string start, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> rest)
    {
        Span<byte> sought = stackalloc byte[16];
        sought = sought[..Encoding.ASCII.GetBytes(start, sought)];
        int place = text.IndexOf(sought);
        rest = place < 0 ? [] : text[(place + sought.Length)..];
        int end = rest.IndexOf((byte)'\n');
        name = (end < 0 ? rest : rest[..end]).Trim(" \t\r"u8);
        rest = end < 0 ? [] : rest[end..];
        return place >= 0;
    }

    /// <summary>The indented lines that follow, and comments among them.</summary>
    private static ReadOnlySpan<byte> Block(ReadOnlySpan<byte> rest)
    {
        int place = 0;
        while (place + 1 < rest.Length && rest[place + 1] is (byte)'\t' or (byte)'#')
        {
            int next = rest[(place + 1)..].IndexOf((byte)'\n');
            if (next < 0)
            {
                return rest;
            }

            place += 1 + next;
        }

        return rest[..place];
    }

    private byte[] Database()
    {
        if (_text.TryGetTarget(out byte[]? text) && text.Length > 0)
        {
            return text;
        }

        try
        {
            if (new FileInfo(_path) is { Exists: true, Length: < SizeLimit })
            {
                text = [(byte)'\n', .. File.ReadAllBytes(_path)]; // so that the first line begins as every other
                _text.SetTarget(text);
                return text;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Names are a comfort: without them people see the numbers.
        }

        return [];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
