namespace Fleet.Pci.Capabilities;

/// <summary>The chain of extended capabilities, from 0x100 up.</summary>
internal static class ExtendedChain
{
    private const int Start = ConfigImage.ConventionalSize;

    // (4096 - 256) / 8: the shortest extended capability that does something has 8 bytes.
    private const int MaximumSteps = 480;

    public static void Walk(WalkState state, uint identity)
    {
        int end = Math.Min(state.Space.Size, ConfigImage.ExtendedSize);
        if (end <= Start || !TryReadFirst(state, identity, end, out uint header))
        {
            return;
        }

        Span<bool> visited = stackalloc bool[ConfigImage.ExtendedSize / 4];
        int offset = Start;
        for (int step = 1; ; step++)
        {
            visited[offset / 4] = true;
            AddCapability(state, offset, header, end);
            if (!TryFollow(state, offset, header, end, visited, out int next))
            {
                return;
            }

            if (step == MaximumSteps)
            {
                state.Add(WalkFindingKind.TooMany, next, $"More than {MaximumSteps} extended capabilities are chained.");
                return;
            }

            ConfigStatus status = state.Space.ReadDword(next, out header);
            if (status is not ConfigStatus.Done || header is DwordAccess.AllOnes)
            {
                string what = status is ConfigStatus.Done ? "reads all ones" : $"could not be read ({status})";
                state.Add(WalkFindingKind.Truncated, next, $"The header at {next:x3} {what}; later capabilities are unknown.");
                return;
            }

            offset = next;
        }
    }

    private static bool TryReadFirst(WalkState state, uint identity, int end, out uint header)
    {
        ConfigStatus status = state.Space.ReadDword(Start, out header);
        if (status is not ConfigStatus.Done || header is DwordAccess.AllOnes)
        {
            string what = status is ConfigStatus.Done ? "reads all ones" : $"could not be read ({status})";
            state.Add(WalkFindingKind.StartUnreadable, Start, $"The first extended header {what}; extended capabilities are unknown.");
            return false;
        }

        if (header != 0 && header == identity && IsAlias(state.Space, identity, end))
        {
            state.Add(WalkFindingKind.Alias, Start, "Extended space repeats the conventional space; it has no extended capabilities.");
            return false;
        }

        return header != 0; // A zero header at the start is how an empty list is written.
    }

    /// <summary>Looks at the start of every 256-byte step, as the kernel does; on an alias these are harmless to read.</summary>
    private static bool IsAlias(IConfigSpace space, uint identity, int end)
    {
        for (int offset = Start; offset + 4 <= end; offset += ConfigImage.ConventionalSize)
        {
            if (space.ReadDword(offset, out uint dword) is not ConfigStatus.Done || dword != identity)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryFollow(
        WalkState state, int from, uint header, int end, ReadOnlySpan<bool> visited, out int next)
    {
        int pointer = (int)(header >> 20);
        next = pointer & 0xffc;
        if (pointer != next)
        {
            state.Add(WalkFindingKind.Misaligned, from, $"The next pointer at {from:x3} is {pointer:x3}; its low bits were ignored.");
        }

        if (next == 0)
        {
            return false;
        }

        if (next < Start || next + 4 > end)
        {
            state.Add(WalkFindingKind.Broken, from, $"The next pointer at {from:x3} leads to {next:x3}, out of extended space.");
            return false;
        }

        if (visited[next / 4])
        {
            state.Add(WalkFindingKind.Loop, from, $"The next pointer at {from:x3} leads back to {next:x3}.");
            return false;
        }

        return true;
    }

    private static void AddCapability(WalkState state, int offset, uint header, int end)
    {
        ushort id = (ushort)header;
        byte version = (byte)((header >> 16) & 0xf);
        int length = ExtendedLengths.Of(id, version, state.PortType);
        if (id is 0)
        {
            state.Add(WalkFindingKind.NullId, offset, $"The capability at {offset:x3} has id 0; it is hidden on purpose.");
        }

        if (ExtendedLengths.StatesLength(id))
        {
            length = StatedLength(state, offset, id);
        }

        // Cut to what is certain when the parts cannot be counted.
        int place = ExtendedLengths.CountAt(id);
        if (place > 0 && offset + place + 4 <= end && state.Space.ReadDword(offset + place, out uint dword) is ConfigStatus.Done
            && dword is not DwordAccess.AllOnes)
        {
            length = ExtendedLengths.OfCounted(id, dword);
        }

        state.Add(new Capability(offset, id, version, Extended: true, length), end);
    }

    private static int StatedLength(WalkState state, int offset, ushort id)
    {
        int minimum = ExtendedLengths.StatedMinimum(id);
        if (state.Space.ReadDword(offset + 4, out uint dword) is not ConfigStatus.Done || dword is DwordAccess.AllOnes)
        {
            return ExtendedLengths.Minimum;
        }

        int stated = (int)(dword >> 20);
        if (stated < minimum)
        {
            state.Add(WalkFindingKind.BadLength, offset, $"The vendor-specific capability at {offset:x3} states {stated} bytes.");
        }

        return Math.Max(stated, minimum);
    }
}
