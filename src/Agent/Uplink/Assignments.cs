using System.Text.Json;
using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Agent.Uplink;

/// <summary>
/// The assignment in force. It is checked against the policy keys that count, put in force, and kept on disk in the signed form, so
/// that it holds with the server down and after a restart. It stays in force when its key is retired, until the server signs it anew.
/// </summary>
internal sealed class Assignments(
    string dataDirectory, Action<IReadOnlyList<CompiledPolicy>> apply, Action<FleetEvent> publish, TimeProvider time, ILogger log)
{
    private readonly Lock _gate = new();
    private readonly string _path = Path.Combine(dataDirectory, "assignment.json");
    private HostId? _host;
    private Stored? _owed;
    private SignedAssignment? _inForce;
    private string? _signer;

    /// <summary>Tag of the assignment in force; null for none.</summary>
    public string? Tag { get; private set; }

    /// <summary>Generation in force; 0 for none.</summary>
    public long Generation { get; private set; }

    /// <summary>The policies in force.</summary>
    public IReadOnlyList<AppliedPolicy> Applied { get; private set; } = [];

    /// <summary>Why the last assignment was refused; null when it was not.</summary>
    public string? Rejected { get; private set; }

    /// <summary>Generation of the assignment that was refused; null when none was, or when it was not the server's for this host.</summary>
    public long? RejectedGeneration { get; private set; }

    /// <summary>Generation in force as this host's own; 0 for what it still has of the host it was before it joined anew.</summary>
    public long GenerationOf(HostId host) => host == _host ? Generation : 0;

    /// <summary>The tag to ask the server with: none where what is in force was signed by a key that counts no more, so that it is signed anew.</summary>
    public string? TagFor(PolicyTrust trust)
    {
        lock (_gate)
        {
            return trust.Counts(_signer) ? Tag : null;
        }
    }

    /// <summary>
    /// Puts the stored assignment in force, after the same checks as one from the network. That its key was retired since does not matter: it was good when it
    /// came, and a host without a server is not to lose its policy over it.
    /// </summary>
    public void Restore(HostId host, PolicyTrust trust)
    {
        lock (_gate)
        {
            if (!File.Exists(_path))
            {
                return;
            }

            try
            {
                Stored stored = JsonSerializer.Deserialize(File.ReadAllBytes(_path), AgentJson.Type<Stored>())!;
                (Assignment assignment, string signer) = Read(stored.Signed, trust, stored.Key ?? trust.Pinned);
                Check(assignment, host, trust);
                apply(assignment.Policies);
                (_host, Tag, Generation, Applied) = (host, stored.Signed.Tag, assignment.Generation, stored.Applied);
                (_inForce, _signer) = (stored.Signed, signer);
                log.AssignmentRestored(assignment.Generation, assignment.Policies.Count);
            }
            catch (Exception e) when (e is AssignmentException or PolicyException or JsonException or IOException or UnauthorizedAccessException)
            {
                log.AssignmentNotRestored(_path, e.Message);
            }
        }
    }

    /// <summary>Checks an assignment and puts it in force, or keeps the present one and says why. True when it is in force.</summary>
    public bool Accept(SignedAssignment signed, HostId host, PolicyTrust trust)
    {
        lock (_gate)
        {
            if (signed.Tag == Tag && trust.Counts(_signer))
            {
                (Rejected, RejectedGeneration) = (null, null);
                return true;
            }

            Assignment? assignment = null;
            try
            {
                (assignment, string signer) = Read(signed, trust);
                Check(assignment, host, trust);
                bool same = signed.Payload == _inForce?.Payload;
                (_inForce, _signer) = (signed with { Keys = null }, signer);
                if (same)
                {
                    (Tag, Rejected, RejectedGeneration) = (signed.Tag, null, null);
                    log.AssignmentSignedAnew(assignment.Generation, PolicyTrust.ShortName(signer));
                    _owed = new Stored(_inForce, Applied, signer);
                    Store();
                    return true;
                }

                apply(assignment.Policies);
                Applied = [.. assignment.Policies.Select(Date)];
                (_host, Tag, Generation, Rejected, RejectedGeneration) = (host, signed.Tag, assignment.Generation, null, null);
                string names = Applied.Count is 0 ? "no policy" : string.Join(", ", Applied.Select(p => $"{p.Name} r{p.Revision}"));
                Say(EventKinds.PolicyApplied, $"Assignment {assignment.Generation} is in force: {names}.");
                log.AssignmentApplied(assignment.Generation, names);
                _owed = new Stored(_inForce, Applied, signer);
                Store();
                return true;
            }
            catch (Exception e) when (e is AssignmentException or PolicyException)
            {
                RejectedGeneration = assignment?.Host == host ? assignment.Generation : null;

                // One event for each distinct refusal: the server offers the same assignment again and again.
                if (Rejected != e.Message)
                {
                    Rejected = e.Message;
                    Say((e as AssignmentException)?.Kind ?? EventKinds.PolicyRejected, $"{e.Message} Assignment {Generation} stays in force.");
                    log.AssignmentRejected(e.Message);
                }

                return false;
            }
        }
    }

    /// <summary>The server has no other assignment than the one in force: what was refused meanwhile, from whoever it came, is not wanted any more.</summary>
    public void Confirmed()
    {
        lock (_gate)
        {
            (Rejected, RejectedGeneration) = (null, null);
        }
    }

    /// <summary>Stores what is in force, where a disk that was full did not take it before.</summary>
    public void StoreOwed()
    {
        lock (_gate)
        {
            Store();
        }
    }

    private void Store()
    {
        if (_owed is null)
        {
            return;
        }

        try
        {
            DurableFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(_owed, AgentJson.Type<Stored>()), secret: true);
            _owed = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.AssignmentNotStored(_path, e.Message);
        }
    }

    private AppliedPolicy Date(CompiledPolicy policy) =>
        Applied.FirstOrDefault(p => p.Name == policy.Name && p.Revision == policy.Revision)
        ?? new AppliedPolicy(policy.Name, policy.Revision, time.GetUtcNow());

    private static (Assignment Assignment, string Signer) Read(SignedAssignment signed, PolicyTrust trust, string? former = null)
    {
        byte[] payload;
        byte[] signature;
        try
        {
            payload = Convert.FromBase64String(signed.Payload);
            signature = Convert.FromBase64String(signed.Signature);
        }
        catch (FormatException)
        {
            throw new AssignmentException("The assignment is not base64.");
        }

        // Only these verified bytes are parsed; nothing beside them is believed.
        string signer = trust.SignerOf(payload, signature)
            ?? (former is not null && PolicyTrust.Signed(former, payload, signature) ? former : throw trust.Refusal(payload, signature));

        try
        {
            return (FleetJson.Read<Assignment>(payload) ?? throw new JsonException("null"), signer);
        }
        catch (JsonException e)
        {
            throw new AssignmentException($"The assignment cannot be read: {e.Message}");
        }
    }

    private void Check(Assignment assignment, HostId host, PolicyTrust trust)
    {
        if (assignment.Host != host)
        {
            throw new AssignmentException($"The assignment is meant for host {assignment.Host}, this is {host}.");
        }

        // A host that joined as another one begins anew; what it had stays in force until then. So does a host whose assignment is by a key that was retired:
        // a thief of that key may have given it a generation that no server reaches.
        if (host == _host && trust.Counts(_signer) && assignment.Generation < Generation)
        {
            throw new AssignmentException($"The assignment has generation {assignment.Generation}, older than {Generation} that is in force.");
        }

        if (assignment.Policies is null)
        {
            throw new AssignmentException("The assignment has no list of policies.");
        }
    }

    private void Say(string kind, string detail) => publish(new FleetEvent { Time = time.GetUtcNow(), Kind = kind, Detail = detail });

    /// <param name="Signed">As it came.</param>
    /// <param name="Applied">Its policies with the times at which they were put in force.</param>
    /// <param name="Key">The key that it was believed by; null from before there were several.</param>
    internal sealed record Stored(SignedAssignment Signed, IReadOnlyList<AppliedPolicy> Applied, string? Key = null);
}
