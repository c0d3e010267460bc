using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>The fleet's REST interface, one method a call. Every method throws <see cref="FleetApiException"/> when the server refuses.</summary>
public interface IFleetApi
{
    Task<VersionView> GetVersionAsync(CancellationToken ct = default);

    Task<Page<ServerView>> ListServersAsync(CancellationToken ct = default);

    Task<OverviewView> GetOverviewAsync(CancellationToken ct = default);

    Task<Page<HostView>> ListHostsAsync(ListQuery query, CancellationToken ct = default);

    Task<Tagged<HostView>> GetHostAsync(HostId id, CancellationToken ct = default);

    /// <summary>Sets labels; a null value removes one.</summary>
    Task<HostView> PatchHostAsync(HostId id, PatchHost change, string eTag, CancellationToken ct = default);

    /// <summary>Ends the host's connection and certificate; it may join again with a token. The reason is kept.</summary>
    Task<HostView> EvictHostAsync(HostId id, string reason, string eTag, CancellationToken ct = default);

    /// <summary>Ends the host's connection and keeps its machine out, with a token too. The reason is kept.</summary>
    Task<HostView> BanHostAsync(HostId id, string reason, string eTag, CancellationToken ct = default);

    /// <summary>Lets an evicted or banned host in again. The reason is kept.</summary>
    Task<HostView> ReadmitHostAsync(HostId id, string reason, string eTag, CancellationToken ct = default);

    /// <summary>Forgets a host; its events stay.</summary>
    Task DeleteHostAsync(HostId id, string eTag, CancellationToken ct = default);

    Task<Page<FunctionView>> ListFunctionsAsync(ListQuery query, CancellationToken ct = default);

    Task<FunctionDetail> GetFunctionAsync(FunctionId id, CancellationToken ct = default);

    Task<Page<MailboxView>> ListMailboxesAsync(ListQuery query, CancellationToken ct = default);

    Task<Page<ClaimView>> ListClaimsAsync(ListQuery query, CancellationToken ct = default);

    /// <summary>Newest first.</summary>
    Task<Page<FleetEvent>> ListEventsAsync(ListQuery query, CancellationToken ct = default);

    Task<ContentionSeries> GetContentionAsync(ContentionQuery query, CancellationToken ct = default);

    Task<Page<PolicyView>> ListPoliciesAsync(ListQuery query, CancellationToken ct = default);

    Task<Tagged<PolicyView>> GetPolicyAsync(string name, CancellationToken ct = default);

    Task<PolicyView> GetPolicyRevisionAsync(string name, int revision, CancellationToken ct = default);

    /// <summary>Stores a document as the policy's next revision.</summary>
    /// <param name="name">The policy; the document's own name must be the same.</param>
    /// <param name="document">The document, YAML.</param>
    /// <param name="eTag">Tag of the revision it was edited from; null to create a policy that must not exist yet.</param>
    /// <param name="ct">Cancels.</param>
    Task<Tagged<PolicyView>> PutPolicyAsync(string name, string document, string? eTag, CancellationToken ct = default);

    /// <summary>Checks a document and stores nothing.</summary>
    Task<ValidationView> ValidatePolicyAsync(string document, CancellationToken ct = default);

    Task DeletePolicyAsync(string name, string eTag, bool unassign = false, CancellationToken ct = default);

    Task<Page<RolloutView>> ListRolloutsAsync(ListQuery query, CancellationToken ct = default);

    Task<Tagged<RolloutView>> GetRolloutAsync(string id, CancellationToken ct = default);

    /// <summary>Starts a rollout. Repeating the call with the same key starts no second one.</summary>
    Task<RolloutView> CreateRolloutAsync(CreateRollout rollout, string idempotencyKey, CancellationToken ct = default);

    Task<RolloutView> PauseRolloutAsync(string id, CancellationToken ct = default);

    Task<RolloutView> ResumeRolloutAsync(string id, CancellationToken ct = default);

    Task<RolloutView> AbortRolloutAsync(string id, CancellationToken ct = default);

    /// <summary>Where functions stand that can be attested.</summary>
    Task<Page<AttestationView>> ListAttestationsAsync(ListQuery query, CancellationToken ct = default);

    /// <summary>Where a function stands; null where it has no SPDM mailbox.</summary>
    Task<AttestationView?> GetStandingAsync(FunctionId function, CancellationToken ct = default);

    Task<AttestationDetail> GetAttestationAsync(string id, CancellationToken ct = default);

    /// <summary>A function's attestations, the newest first.</summary>
    Task<Page<AttestationDetail>> ListAttestationsAsync(FunctionId function, ListQuery query, CancellationToken ct = default);

    /// <summary>Evidence as it came, byte for byte.</summary>
    Task<byte[]> GetEvidenceAsync(string id, CancellationToken ct = default);

    /// <summary>Attests a function now; what comes of it is read by <see cref="GetAttestationAsync"/>.</summary>
    Task<AttestationStarted> AttestAsync(FunctionId function, CancellationToken ct = default);

    Task<Page<ReferenceView>> ListReferencesAsync(ListQuery query, CancellationToken ct = default);

    Task<Tagged<ReferenceView>> GetReferencesAsync(string name, CancellationToken ct = default);

    /// <summary>Puts reference values and judges stored evidence by them.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="document">The document, JSON.</param>
    /// <param name="eTag">Tag of the revision it was edited from; null to create values that must not exist yet.</param>
    /// <param name="dryRun">True to learn whose verdict would change, and change nothing.</param>
    /// <param name="ct">Cancels.</param>
    Task<ReferencePlan> PutReferencesAsync(string name, string document, string? eTag, bool dryRun = false, CancellationToken ct = default);

    /// <summary>Imports reference values that an import key of the server has signed, and judges stored evidence by them.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="import">The document with its signature.</param>
    /// <param name="eTag">Tag of the revision they follow; null to create values that must not exist yet.</param>
    /// <param name="dryRun">True to learn whose verdict would change, and change nothing.</param>
    /// <param name="ct">Cancels.</param>
    Task<ReferencePlan> ImportReferencesAsync(string name, SignedReferences import, string? eTag, bool dryRun = false, CancellationToken ct = default);

    Task<ReferencePlan> DeleteReferencesAsync(string name, string eTag, bool dryRun = false, CancellationToken ct = default);

    Task<Page<BaselineView>> ListBaselinesAsync(ListQuery query, CancellationToken ct = default);

    /// <summary>Records what a function measured last.</summary>
    /// <param name="function">The function.</param>
    /// <param name="eTag">Tag of the baseline that is replaced; needed where it is pinned.</param>
    /// <param name="ct">Cancels.</param>
    Task<BaselineView> RecordBaselineAsync(FunctionId function, string? eTag = null, CancellationToken ct = default);

    Task<BaselineView> PinBaselineAsync(FunctionId function, CancellationToken ct = default);

    Task<Page<QuarantineView>> ListQuarantineAsync(ListQuery query, CancellationToken ct = default);

    Task ReleaseQuarantineAsync(ReleaseQuarantine release, CancellationToken ct = default);

    /// <summary>What was done by whom, the newest first.</summary>
    Task<Page<AuditView>> ListAuditAsync(ListQuery query, CancellationToken ct = default);

    /// <summary>Whether the chain of the audit trail holds; reads all of it.</summary>
    Task<AuditCheck> CheckAuditAsync(CancellationToken ct = default);

    /// <summary>Join tokens, the newest first.</summary>
    /// <param name="query">Place in the list.</param>
    /// <param name="active">True for those that admit hosts now, false for those that ended, null for all.</param>
    /// <param name="ct">Cancels.</param>
    Task<Page<JoinTokenView>> ListJoinTokensAsync(ListQuery query, bool? active = null, CancellationToken ct = default);

    /// <summary>A token with the hosts that it admitted.</summary>
    Task<JoinTokenDetail> GetJoinTokenAsync(string id, CancellationToken ct = default);

    Task<JoinTokenCreated> CreateJoinTokenAsync(CreateJoinToken token, CancellationToken ct = default);

    /// <summary>Revokes a token; hosts that joined with it stay.</summary>
    Task DeleteJoinTokenAsync(string id, CancellationToken ct = default);

    /// <summary>API tokens, the newest first.</summary>
    /// <param name="query">Place in the list.</param>
    /// <param name="active">True for those that let somebody in now, false for those that ended, null for all.</param>
    /// <param name="parent">Only those that this token made.</param>
    /// <param name="ct">Cancels.</param>
    Task<Page<ApiTokenView>> ListApiTokensAsync(ListQuery query, bool? active = null, string? parent = null, CancellationToken ct = default);

    Task<ApiTokenView> GetApiTokenAsync(string id, CancellationToken ct = default);

    Task<ApiTokenCreated> CreateApiTokenAsync(CreateApiToken token, CancellationToken ct = default);

    /// <summary>Revokes a token, at once and at every server.</summary>
    Task DeleteApiTokenAsync(string id, CancellationToken ct = default);

    /// <summary>Makes a link that signs one browser in, once.</summary>
    Task<SignInCreated> CreateSignInAsync(CreateSignIn link, CancellationToken ct = default);
}
