using System.Security.Claims;

namespace Fleet.Server.Identity.ApiTokens;

/// <summary>What came of looking at credentials.</summary>
/// <param name="Principal">Whose they are; null when they let nobody in.</param>
/// <param name="Code">Why not, as an error code.</param>
/// <param name="Refusal">The same in words.</param>
internal sealed record TokenJudgement(ClaimsPrincipal? Principal, string Code = "", string Refusal = "");
