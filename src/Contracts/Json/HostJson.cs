using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>
/// Everything that a host's agent writes and reads as JSON, without reflection, which a compiled agent does not have: what goes over the
/// link to the server and over the local API, what lies on its disk. What these types consist of comes along by itself.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(EnrollRequest))]
[JsonSerializable(typeof(EnrollReply))]
[JsonSerializable(typeof(HelloMessage))]
[JsonSerializable(typeof(HelloReply))]
[JsonSerializable(typeof(InventoryReport))]
[JsonSerializable(typeof(StateReport))]
[JsonSerializable(typeof(EventBatch))]
[JsonSerializable(typeof(BatchAcknowledgement))]
[JsonSerializable(typeof(LeaveNotice))]
[JsonSerializable(typeof(SignedAssignment))]
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(SignedPolicyKeys))]
[JsonSerializable(typeof(PolicyKeyList))]
[JsonSerializable(typeof(AttestationJob))]
[JsonSerializable(typeof(EvidenceReport))]
[JsonSerializable(typeof(EvidenceAcknowledgement))]
[JsonSerializable(typeof(RenewRequest))]
[JsonSerializable(typeof(RenewReply))]
[JsonSerializable(typeof(LocalState))]
[JsonSerializable(typeof(HostReport))]
[JsonSerializable(typeof(LocalProblem))]
[JsonSerializable(typeof(LocalFunction))]
[JsonSerializable(typeof(LocalClaimRequest))]
[JsonSerializable(typeof(LocalLeaseRequest))]
[JsonSerializable(typeof(LocalHoldRequest))]
[JsonSerializable(typeof(LocalMailbox))]
[JsonSerializable(typeof(LocalMailboxRelease))]
[JsonSerializable(typeof(LocalDiscovery))]
[JsonSerializable(typeof(LocalExchangeRequest))]
[JsonSerializable(typeof(LocalExchangeAnswer))]
[JsonSerializable(typeof(AccessWindow))]
[JsonSerializable(typeof(FunctionFacts[]))]
[JsonSerializable(typeof(ClaimFacts[]))]
[JsonSerializable(typeof(LeaseFacts[]))]
[JsonSerializable(typeof(HoldFacts[]))]
[JsonSerializable(typeof(RecordedExchange[]))]
[JsonSerializable(typeof(RecordedBundle[]))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(object))]
internal sealed partial class HostJson : JsonSerializerContext;
