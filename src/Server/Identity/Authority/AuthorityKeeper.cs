using System.Security.Cryptography.X509Certificates;

namespace Fleet.Server.Identity.Authority;

/// <summary>Changes the authority's files: a root once, intermediates prepared, activated and retired. One at a time, by a lock in pki/.</summary>
internal sealed class AuthorityKeeper(string directory, TimeProvider time)
{
    private readonly AuthorityFiles _files = new(directory);

    /// <summary>Makes what is missing for a server to run: a root on the first start, an intermediate where the root is older than those.</summary>
    /// <exception cref="AuthorityException">The root's key is needed and not here.</exception>
    public void Ensure()
    {
        if (_files.HasRoot && _files.Read().Issuing is not null)
        {
            // Nothing is missing: the directory may be one that cannot be written.
            return;
        }

        using FileStream only = AuthorityLock.Take(directory);
        if (!_files.HasRoot)
        {
            using X509Certificate2 root = CertificateMaker.Root(time.GetUtcNow());
            _files.WriteRoot(root, _files.RootKey);
        }

        if (_files.Read().Issuing is null)
        {
            IntermediateEntry made = Make(null, IntermediateState.Activated);
            _files.Write([.. _files.Entries(), made]);
        }
    }

    /// <summary>Makes a root whose key is written outside the data directory, and the first intermediate.</summary>
    public void Init(string keyFile)
    {
        using FileStream only = AuthorityLock.Take(directory);
        if (_files.HasRoot)
        {
            throw new AuthorityException($"There is a root already: {_files.RootCertificate}. To take its key away, move {_files.RootKey} elsewhere; the server runs on without it.");
        }

        using X509Certificate2 root = CertificateMaker.Root(time.GetUtcNow());
        _files.WriteRoot(root, keyFile);
        _files.Write([Make(keyFile, IntermediateState.Activated)]);
    }

    /// <summary>Makes the next intermediate. Nobody notices until it is activated.</summary>
    public IntermediateEntry Prepare(string? keyFile)
    {
        using FileStream only = AuthorityLock.Take(directory);
        IReadOnlyList<IntermediateEntry> entries = Entries();
        if (entries.FirstOrDefault(entry => entry.State is IntermediateState.Prepared) is { } waiting)
        {
            throw new AuthorityException($"Intermediate {waiting.Number} is prepared already. Activate it, or retire it and prepare another.");
        }

        IntermediateEntry made = Make(keyFile, IntermediateState.Prepared);
        _files.Write([.. entries, made]);
        return made;
    }

    /// <summary>From now on this one issues. What the ones before issued stays good until they are retired.</summary>
    public IntermediateEntry Activate(int? number)
    {
        using FileStream only = AuthorityLock.Take(directory);
        IReadOnlyList<IntermediateEntry> entries = Entries();
        IntermediateEntry chosen = number is null
            ? entries.FirstOrDefault(entry => entry.State is IntermediateState.Prepared) ?? throw new AuthorityException("No intermediate is prepared; make one with 'fleet-server authority prepare'.")
            : Find(entries, number.Value);
        return chosen.State switch
        {
            IntermediateState.Prepared => Replace(entries, chosen with { State = IntermediateState.Activated, Activated = time.GetUtcNow() }),
            IntermediateState.Activated => throw new AuthorityException($"Intermediate {chosen.Number} is activated already."),
            _ => throw new AuthorityException($"Intermediate {chosen.Number} is retired and its key is gone; prepare another with 'fleet-server authority prepare'."),
        };
    }

    /// <summary>
    /// Whatever this one issued is refused from now on. Where the root's key is at hand, agents are told too, and believe no server by it: else who has its key
    /// could still pose as one.
    /// </summary>
    /// <returns>The intermediate, and whether agents are told.</returns>
    public (IntermediateEntry Entry, bool Told) Retire(int number, string? keyFile = null)
    {
        using FileStream only = AuthorityLock.Take(directory);
        IReadOnlyList<IntermediateEntry> entries = Entries();
        IntermediateEntry chosen = Find(entries, number);
        if (chosen.State is IntermediateState.Retired)
        {
            throw new AuthorityException($"Intermediate {number} is retired already.");
        }

        if (_files.Read().Issuing?.Entry.Number == number)
        {
            throw new AuthorityException($"Intermediate {number} is the one that issues. Prepare and activate another first, and wait until agents have renewed.");
        }

        bool told = keyFile is not null || File.Exists(_files.RootKey);
        if (told)
        {
            Sign(entries.Where(entry => entry.State is IntermediateState.Retired).Append(chosen), keyFile);
        }

        IntermediateEntry retired = Replace(entries, chosen with { State = IntermediateState.Retired, Retired = time.GetUtcNow() });
        _files.DeleteKey(number);
        return (retired, told);
    }

    /// <summary>Signs by the root that no server is to be believed by what is retired.</summary>
    /// <returns>Which those are.</returns>
    public IReadOnlyList<int> Revoke(string? keyFile)
    {
        using FileStream only = AuthorityLock.Take(directory);
        IReadOnlyList<IntermediateEntry> entries = Entries();
        IntermediateEntry[] retired = [.. entries.Where(entry => entry.State is IntermediateState.Retired)];
        if (retired is [])
        {
            throw new AuthorityException("No intermediate is retired; retire the one that nobody is to believe any more first: 'fleet-server authority retire NUMBER'.");
        }

        Sign(retired, keyFile);

        // A running server looks at this file for changes.
        _files.Write(entries);
        return [.. retired.Select(entry => entry.Number)];
    }

    private IReadOnlyList<IntermediateEntry> Entries() => _files.HasRoot
        ? _files.Entries()
        : throw new AuthorityException($"There is no authority in {directory} yet: 'fleet-server run' makes one at its first start, 'fleet-server authority init --root-out DIR' one whose root's key is elsewhere.");

    private IntermediateEntry Make(string? keyFile, IntermediateState state)
    {
        DateTimeOffset now = time.GetUtcNow();
        int number = _files.Entries().Select(entry => entry.Number).DefaultIfEmpty(0).Max() + 1;
        using X509Certificate2 root = _files.RootWithKey(keyFile);
        using X509Certificate2 made = CertificateMaker.Intermediate(root, number, now);
        _files.WriteIntermediate(number, made);
        return new IntermediateEntry { Number = number, State = state, Prepared = now, Activated = state is IntermediateState.Activated ? now : null };
    }

    private void Sign(IEnumerable<IntermediateEntry> revoked, string? keyFile)
    {
        AuthoritySnapshot authority = _files.Read();
        using X509Certificate2 root = _files.RootWithKey(keyFile);
        _files.WriteRevoked(root, revoked.Select(entry => authority.Find(entry.Number)!.Certificate), time.GetUtcNow());
    }

    private IntermediateEntry Replace(IReadOnlyList<IntermediateEntry> entries, IntermediateEntry changed)
    {
        _files.Write([.. entries.Select(entry => entry.Number == changed.Number ? changed : entry)]);
        return changed;
    }

    private static IntermediateEntry Find(IReadOnlyList<IntermediateEntry> entries, int number) => entries.FirstOrDefault(entry => entry.Number == number)
        ?? throw new AuthorityException($"There is no intermediate {number}; 'fleet-server authority show' lists them.");
}
