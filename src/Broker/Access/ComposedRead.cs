using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>
/// Carries out a read that claims answer in part: each access unit (an aligned dword) that a claim covers is all ones or comes from
/// the cache, and no cycle for it reaches the function; the rest is read. Dwords that say what is there (identity, header type,
/// the headers of capabilities) are always the function's own: a tool that read ones there would take the function, or all that
/// follows on its chain, for gone.
/// </summary>
internal readonly ref struct ComposedRead(BrokeredFunction function, FunctionState state, Caller caller)
{
    private const int Unit = 4;
    private const int HeaderTypeUnit = 0x0c;
    private const int CapabilityPointer = 0x34;
    private const int CardBusCapabilityPointer = 0x14;

    // Asked once: it costs a look at the kernel's cached attribute.
    private readonly bool _asleep = function.Space.IsAsleep;

    private enum Source
    {
        Function,
        Ones,
        Cache,
    }

    public AccessResult Read(int offset, Span<byte> destination)
    {
        int end = Math.Min(offset + destination.Length, function.Size);
        bool ones = false;
        bool answered = false;
        for (int at = offset; at < end;)
        {
            (Source source, int next) = Run(at, end);
            Span<byte> part = destination[(at - offset)..(next - offset)];
            if (source is Source.Ones)
            {
                part.Fill(0xff);
                ones = true;
            }
            else if (source is Source.Cache && (_asleep || !IsHeader(at)) && function.Cache?.TryRead(at, part, howeverOld: _asleep) is true)
            {
                answered = true;
            }
            else if (source is Source.Cache && _asleep)
            {
                // Nothing is known of these bytes, and to learn them would wake the function.
                return new AccessResult(AccessStatus.Refused, 0);
            }
            else
            {
                ConfigResult result = function.Space.Read(at, part);
                if (result.Status is not ConfigStatus.Done || result.Count < part.Length)
                {
                    return result.Status is ConfigStatus.Done
                        ? new AccessResult(AccessStatus.Done, at - offset + result.Count)
                        : AccessGate.Translate(result);
                }

                answered |= part.ContainsAnyExcept((byte)0xff);
                function.Remember(at, part);
            }

            at = next;
        }

        return ones && !answered && IsGone() ? new AccessResult(AccessStatus.Gone, 0) : new AccessResult(AccessStatus.Done, Math.Max(end - offset, 0));
    }

    /// <summary>The longest part from here on that has one source; a dword at a time where the cache answers, as its headers do not.</summary>
    private (Source Source, int Next) Run(int at, int end)
    {
        int next = Math.Min((at & ~(Unit - 1)) + Unit, end);
        Source source = SourceOf(at, next - at);
        while (source is not Source.Cache && next < end && SourceOf(next, Math.Min(Unit, end - next)) == source)
        {
            next = Math.Min(next + Unit, end);
        }

        return (source, next);
    }

    private Source SourceOf(int at, int length) => state.Table.Decide(AccessOperation.Read, at, length, caller).Decision switch
    {
        Decision.Ones => IsHeader(at) ? Source.Function : Source.Ones,
        Decision.Cached => Source.Cache,
        _ => Source.Function,
    };

    private bool IsHeader(int at)
    {
        int unit = at & ~(Unit - 1);
        if (unit is 0 or HeaderTypeUnit or CapabilityPointer || (unit is CardBusCapabilityPointer && state.Facts.ClassCode.StartsWith("0607", StringComparison.Ordinal)))
        {
            return true;
        }

        foreach (CapabilityFacts capability in state.Facts.Capabilities)
        {
            if ((capability.Offset & ~(Unit - 1)) == unit)
            {
                return true;
            }
        }

        return false;
    }

    // All ones that we made up must not stand for a function that is there. One that sleeps is, and is left alone.
    private bool IsGone() => !_asleep && !function.Answers();
}
