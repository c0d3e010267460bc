using System.Runtime.CompilerServices;
using Bunit;

namespace Fleet.Web.Tests;

/// <summary>How long these tests wait for a page to show something: bUnit's own second is less than a busy machine may take.</summary>
internal static class Patience
{
#pragma warning disable CA2255 // A test assembly is the program here.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Set() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(30);
}
