using System.Globalization;

namespace Fleet.Agent.Linux;

/// <summary>Major and minor of a kernel release ("6.12.117+deb12-amd64").</summary>
internal readonly record struct KernelVersion(int Major, int Minor) : IComparable<KernelVersion>
{
    /// <summary>Null for a release that does not begin with two numbers.</summary>
    public static KernelVersion? Parse(string release)
    {
        string[] parts = release.Split('.', 3);
        int end = parts.Length > 1 ? parts[1].AsSpan().IndexOfAnyExceptInRange('0', '9') : 0;
        string minor = parts.Length < 2 ? "" : end < 0 ? parts[1] : parts[1][..end];
        return int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out int second)
            ? new KernelVersion(first, second)
            : null;
    }

    public int CompareTo(KernelVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    public bool IsAtLeast(int major, int minor) => CompareTo(new KernelVersion(major, minor)) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
