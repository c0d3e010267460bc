using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Fleet.Contracts;

namespace Fleet.Server.Live;

/// <summary>
/// Machines of one model report the same functions: what is equal, byte for byte, is kept once for all hosts. A function with a serial number of its own
/// shares all but the bytes that hold it. Nothing is kept that no host refers to any more.
/// </summary>
internal sealed class SharedFacts
{
    private const int AddedBetweenSweeps = 4096;
    private readonly ConcurrentDictionary<(UInt128, UInt128), WeakReference<object>> _kept = new();
    private int _added;

    /// <summary>Things that are kept; some may be gone already.</summary>
    public int Count => _kept.Count;

    /// <summary>The same report, made of what is known already as far as it can be.</summary>
    public InventoryReport Share(InventoryReport report) => report with { Functions = [.. report.Functions.Select(Share)] };

    private FunctionFacts Share(FunctionFacts function)
    {
        if (TryFind(function, out FunctionFacts known))
        {
            return known;
        }

        FunctionFacts common = Keep(function with { Config = [] });
        return Keep(common with { Config = [.. function.Config.Select(Keep)] });
    }

    private T Keep<T>(T thing)
        where T : class
    {
        if (TryFind(thing, out T known))
        {
            return known;
        }

        _kept[KeyOf(thing)] = new WeakReference<object>(thing);
        if (Interlocked.Increment(ref _added) % AddedBetweenSweeps is 0)
        {
            Sweep();
        }

        return thing;
    }

    private bool TryFind<T>(T thing, out T known)
        where T : class
    {
        known = thing;
        if (_kept.TryGetValue(KeyOf(thing), out WeakReference<object>? kept) && kept.TryGetTarget(out object? target) && target is T same)
        {
            known = same;
            return true;
        }

        return false;
    }

    private void Sweep()
    {
        foreach (((UInt128, UInt128) key, WeakReference<object> kept) in _kept)
        {
            if (!kept.TryGetTarget(out _))
            {
                _kept.TryRemove(KeyValuePair.Create(key, kept));
            }
        }
    }

    // What is equal as JSON is equal. The hash is one that nobody finds two texts for: agents choose what they report.
    private static (UInt128 High, UInt128 Low) KeyOf<T>(T thing)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(FleetJson.Write(thing), hash);
        return (BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
    }
}
