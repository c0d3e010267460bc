namespace Fleet.Simulator.Hardware;

/// <summary>Addresses from <paramref name="Start"/> up to <paramref name="End"/>, which is not in it; both whole megabytes.</summary>
internal readonly record struct MemoryWindow(ulong Start, ulong End)
{
    public bool Empty => End <= Start;
}
