namespace Fleet.Agent.Linux;

/// <summary>
/// The systemd unit and the container that a process belongs to, from its /proc/PID/cgroup. Known forms: systemd
/// (system.slice/x.service), docker (docker-ID.scope, /docker/ID), podman (libpod-ID.scope), kubernetes with
/// containerd or cri-o (cri-containerd-ID.scope, crio-ID.scope, kubepods/.../ID).
/// </summary>
internal readonly record struct CgroupPath(string? Unit, string? Container)
{
    private const int ContainerIdLength = 64;

    public static CgroupPath Parse(string text)
    {
        string? unit = null;
        string? container = null;
        foreach (string segment in Path(text).Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            container ??= ContainerId(segment);
            unit ??= IsUnit(segment) ? segment : null;
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

    private static string? ContainerId(string segment)
    {
        string name = segment.EndsWith(".scope", StringComparison.Ordinal) ? segment[..^".scope".Length] : segment;
        string id = name[(name.LastIndexOf('-') + 1)..];
        return id.Length is ContainerIdLength && id.All(char.IsAsciiHexDigitLower) ? id : null;
    }
}
