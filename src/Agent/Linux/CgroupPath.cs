namespace Fleet.Agent.Linux;

/// <summary>
/// The systemd unit and the container that a process belongs to, from its /proc/PID/cgroup. Known forms: systemd
/// (system.slice/x.service), docker (docker-ID.scope, /docker/ID), podman (libpod-ID.scope), kubernetes with
/// containerd or cri-o (cri-containerd-ID.scope, crio-ID.scope, kubepods/.../ID), LXC (lxc.payload.NAME, lxc/NAME),
/// systemd-nspawn (machine-NAME.scope, systemd-nspawn@NAME.service).
/// </summary>
internal readonly record struct CgroupPath(string? Unit, string? Container)
{
    private const int ContainerIdLength = 64;

    public static CgroupPath Parse(string text)
    {
        string? unit = null;
        string? container = null;
        string[] segments = Path(text).Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = segments.Length - 1; i >= 0; i--)
        {
            container ??= ContainerId(segments[i]) ?? MachineName(segments[i], i > 0 ? segments[i - 1] : "");
            unit ??= IsUnit(segments[i]) ? segments[i] : null;
        }

        return new CgroupPath(unit, container);
    }

    // Version 2's line is "0::PATH"; a version 1 host has the same in systemd's own hierarchy.
    private static string Path(string text)
    {
        string[] lines = text.Split('\n');
        string? line = lines.FirstOrDefault(item => item.StartsWith("0::", StringComparison.Ordinal) && item.Length > "0::/".Length)
            ?? lines.FirstOrDefault(item => item.Contains(":name=systemd:", StringComparison.Ordinal));
        return line is null ? "" : line.Split(':', 3)[^1];
    }

    private static bool IsUnit(string segment) =>
        segment.EndsWith(".service", StringComparison.Ordinal) || segment.EndsWith(".scope", StringComparison.Ordinal);

    // Managers that name their containers instead of numbering them. What libvirt registers is a virtual machine, no container.
    private static string? MachineName(string segment, string parent)
    {
        string? name = After(segment, "lxc.payload.") ?? (parent is "lxc" ? segment : null)
            ?? Between(segment, "systemd-nspawn@", ".service") ?? Between(segment, "machine-", ".scope");
        return name is null or "" || name.StartsWith(@"qemu\x2d", StringComparison.Ordinal) ? null : name.Replace(@"\x2d", "-", StringComparison.Ordinal);
    }

    private static string? After(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

    private static string? Between(string text, string prefix, string suffix) =>
        After(text, prefix) is { } rest && rest.EndsWith(suffix, StringComparison.Ordinal) ? rest[..^suffix.Length] : null;

    private static string? ContainerId(string segment)
    {
        string name = segment.EndsWith(".scope", StringComparison.Ordinal) ? segment[..^".scope".Length] : segment;
        string id = name[(name.LastIndexOf('-') + 1)..];
        return id.Length is ContainerIdLength && id.All(char.IsAsciiHexDigitLower) ? id : null;
    }
}
