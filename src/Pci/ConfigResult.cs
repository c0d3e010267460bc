namespace Fleet.Pci;

/// <summary>How one access to configuration space ended.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Count">Bytes read or written; 0 unless <see cref="ConfigStatus.Done"/>.</param>
public readonly record struct ConfigResult(ConfigStatus Status, int Count)
{
    /// <summary>An access that reached the function.</summary>
    public static ConfigResult Done(int count) => new(ConfigStatus.Done, count);

    /// <summary>An access that did not.</summary>
    public static ConfigResult Failed(ConfigStatus status) => new(status, 0);
}
