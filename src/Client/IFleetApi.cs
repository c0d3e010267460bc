using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>The fleet's REST interface, one method a call. Every method throws <see cref="FleetApiException"/> when the server refuses.</summary>
public interface IFleetApi
{
    Task<VersionView> GetVersionAsync(CancellationToken ct = default);

    Task<OverviewView> GetOverviewAsync(CancellationToken ct = default);

    Task<Page<HostView>> ListHostsAsync(ListQuery query, CancellationToken ct = default);

    Task<Tagged<HostView>> GetHostAsync(HostId id, CancellationToken ct = default);

    /// <summary>Sets labels; a null value removes one.</summary>
    Task<HostView> PatchHostAsync(HostId id, PatchHost change, string eTag, CancellationToken ct = default);

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

    Task<Page<JoinTokenView>> ListJoinTokensAsync(ListQuery query, CancellationToken ct = default);

    Task<JoinTokenCreated> CreateJoinTokenAsync(CreateJoinToken token, CancellationToken ct = default);

    Task DeleteJoinTokenAsync(string id, CancellationToken ct = default);
}
