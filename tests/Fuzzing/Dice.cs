namespace Fleet.Fuzzing;

/// <summary>Random numbers for millions of cases: SplitMix64, a value without allocation, the same on every machine.</summary>
internal struct Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The dice of one step of a case, so that a step is the same whatever came before it.</summary>
    public static Dice Of(int seed, int step) => new(((ulong)(uint)seed << 32) ^ ((ulong)(uint)step * 0x9e37_79b9_7f4a_7c15));

    public ulong Next()
    {
        _state += 0x9e37_79b9_7f4a_7c15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
        z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 up to, without, the limit.</summary>
    public int Next(int limit) => (int)(Next() % (ulong)limit);

    public int Next(int from, int limit) => from + Next(limit - from);

    public void Fill(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Next();
        }
    }
}
