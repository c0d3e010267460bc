namespace Fleet.Web.Pages.Functions;

/// <summary>The header or a capability, as the map tints it.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Length in bytes.</param>
/// <param name="Name">Its name.</param>
public sealed record MapRegion(int Offset, int Length, string Name);
