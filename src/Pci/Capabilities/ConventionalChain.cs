namespace Fleet.Pci.Capabilities;

/// <summary>The chain of conventional capabilities, in the first 256 bytes.</summary>
internal static class ConventionalChain
{
    // (256 - 64) / 4 headers fit behind the configuration header.
    private const int MaximumSteps = 48;

    public static void Walk(WalkState state, uint commandStatus)
    {
        if ((commandStatus & ConfigHeader.CapabilityListBit) == 0 || !TryFindStart(state, out int place, out int pointer, out int type))
        {
            return;
        }

        int end = Math.Min(state.Space.Size, ConfigImage.ConventionalSize);
        Span<bool> visited = stackalloc bool[ConfigImage.ConventionalSize / 4];
        int from = place;
        for (int step = 0; TryFollow(state, from, pointer, visited, out int offset); step++)
        {
            if (step == MaximumSteps)
            {
                state.Add(WalkFindingKind.TooMany, offset, $"More than {MaximumSteps} capabilities are chained.");
                return;
            }

            visited[offset / 4] = true;
            if (!TryReadHeader(state, offset, first: from == place, out uint header))
            {
                return;
            }

            AddCapability(state, offset, header, type is ConfigHeader.Bridge, end);
            from = offset;
            pointer = (int)(header >> 8) & 0xff;
        }
    }

    private static bool TryFindStart(WalkState state, out int place, out int pointer, out int type)
    {
        place = ConfigHeader.CapabilityPointer;
        pointer = 0;
        type = -1;
        ConfigStatus status = state.Space.ReadDword(ConfigHeader.TypeDword, out uint dword);
        if (status is ConfigStatus.Done)
        {
            type = ConfigHeader.TypeOf(dword);
            if (type > ConfigHeader.CardBus)
            {
                state.Add(WalkFindingKind.UnknownHeader, ConfigHeader.TypeDword, $"Header type {type:x2} is unknown.");
                return false;
            }

            place = type is ConfigHeader.CardBus ? ConfigHeader.CardBusCapabilityPointer : ConfigHeader.CapabilityPointer;
            status = state.Space.ReadDword(place, out dword);
        }

        if (status is not ConfigStatus.Done)
        {
            state.Add(WalkFindingKind.StartUnreadable, place, $"The capability pointer could not be read: {status}.");
            return false;
        }

        pointer = (int)dword & 0xff;
        return true;
    }

    private static bool TryFollow(WalkState state, int from, int pointer, ReadOnlySpan<bool> visited, out int offset)
    {
        offset = pointer & ~3;
        if (pointer != offset)
        {
            state.Add(WalkFindingKind.Misaligned, from, $"The pointer at {from:x3} is {pointer:x2}; its low bits were ignored.");
        }

        if (offset == 0)
        {
            return false;
        }

        if (offset < ConfigHeader.Size)
        {
            state.Add(WalkFindingKind.Broken, from, $"The pointer at {from:x3} leads to {offset:x2}, into the header.");
            return false;
        }

        if (visited[offset / 4])
        {
            state.Add(WalkFindingKind.Loop, from, $"The pointer at {from:x3} leads back to {offset:x2}.");
            return false;
        }

        return true;
    }

    private static bool TryReadHeader(WalkState state, int offset, bool first, out uint header)
    {
        ConfigStatus status = state.Space.ReadDword(offset, out header);
        if (status is not ConfigStatus.Done || header is DwordAccess.AllOnes)
        {
            string what = status is ConfigStatus.Done ? "reads all ones" : $"could not be read ({status})";
            state.Add(first ? WalkFindingKind.StartUnreadable : WalkFindingKind.Truncated, offset,
                $"The header at {offset:x2} {what}; later capabilities are unknown.");
            return false;
        }

        if ((header & 0xff) is 0xff)
        {
            state.Add(WalkFindingKind.Broken, offset, $"The header at {offset:x2} has id ff, which is no capability.");
            return false;
        }

        return true;
    }

    private static void AddCapability(WalkState state, int offset, uint header, bool bridge, int end)
    {
        ushort id = (ushort)(header & 0xff);
        int length = ConventionalLengths.Of(header, bridge, out int stated);
        if (id is 0x14)
        {
            length = ConventionalLengths.EnhancedAllocation(state.Space, offset, header, bridge);
        }

        if (id is 0)
        {
            state.Add(WalkFindingKind.NullId, offset, $"The capability at {offset:x2} has id 0; it is hidden on purpose.");
        }

        if (id is 0x09 && stated < ConventionalLengths.Minimum - 1)
        {
            state.Add(WalkFindingKind.BadLength, offset, $"The vendor-specific capability at {offset:x2} states {stated} bytes.");
        }

        if (id is CapabilityIds.PciExpress && state.PortType < 0)
        {
            state.PortType = (int)(header >> 20) & 0xf;
        }

        state.Add(new Capability(offset, id, 0, Extended: false, length), end);
    }
}
