using Fleet.Agent.Fuse;
using Fleet.Agent.Linux;
using Fleet.Pci;

namespace Fleet.Agent.Intercepts;

/// <summary>
/// The mirror's config files over those of the kernel, so that plain tools go through the broker by whatever path. The kernel takes a bind
/// away with the function it lies on; a function that comes back is raw until the next <see cref="Sync"/>.
/// </summary>
internal sealed class ConfigBinds(IHardware hardware, PciMirror mirror, string type, ILogger log)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _refused = [];

    /// <summary>Brings the binds in line with the functions that are there.</summary>
    /// <returns>How many lie there now.</returns>
    public int Sync(IReadOnlyList<PciAddress> functions)
    {
        lock (_gate)
        {
            HashSet<string> present = [.. Mounted()];
            HashSet<string> dead = [.. MountTable.Of(type, mirror.Mountpoint).Where(entry => entry.DeviceMinor != mirror.Number).Select(entry => entry.Mountpoint)];
            HashSet<string> wanted = [];
            foreach (PciAddress function in functions)
            {
                string source = SourceOf(function);
                foreach (string target in hardware.ConfigPaths(function))
                {
                    wanted.Add(target);
                    if (!present.Contains(target))
                    {
                        Bind(source, target, dead.Contains(target));
                    }
                }
            }

            foreach (string stale in present.Except(wanted))
            {
                _ = MountTable.Detach(stale);
            }

            return Mounted().Count();
        }
    }

    /// <summary>Binds one function's files, as far as they are not bound.</summary>
    public void Cover(PciAddress function)
    {
        lock (_gate)
        {
            foreach (string target in hardware.ConfigPaths(function).Except(Mounted()))
            {
                Bind(SourceOf(function), target, overDead: false);
            }
        }
    }

    /// <summary>Takes every bind off.</summary>
    public void Lift()
    {
        lock (_gate)
        {
            foreach (string target in Mounted().Reverse())
            {
                int error = MountTable.Detach(target);
                if (error is not 0)
                {
                    log.BindStays(target, Posix.Describe(error));
                }
            }
        }
    }

    private string SourceOf(PciAddress function) => $"{mirror.Mountpoint}/devices/{function}/config";

    private IEnumerable<string> Mounted() =>
        MountTable.Of(mirror.Number, mirror.Mountpoint).Select(entry => entry.Mountpoint).Where(place => place != mirror.Mountpoint);

    private void Bind(string source, string target, bool overDead)
    {
        int error = overDead ? MountTable.Replace(source, target) : MountTable.Bind(source, target);
        if (error is 0)
        {
            _refused.Remove(target);
        }
        else if (error is not Errno.NoEntry && _refused.Add(target)) // ENOENT: gone meanwhile, or a file that this kernel does not have
        {
            log.BindRefused(target, Posix.Describe(error));
        }
    }
}
