using System.Security.Cryptography.X509Certificates;

namespace Fleet.Server.Identity.Authority;

/// <summary>An intermediate authority with its certificate; with its key as long as it is not retired.</summary>
internal sealed record Intermediate(IntermediateEntry Entry, X509Certificate2 Certificate);
