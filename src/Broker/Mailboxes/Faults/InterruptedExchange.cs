using System.Globalization;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>An exchange that an earlier life of the agent did not live to end.</summary>
/// <param name="Feature">What it was about.</param>
/// <param name="Comm">The caller's name.</param>
/// <param name="Pid">The caller's process id.</param>
/// <param name="Went">Whether Go had been written: then the device may have acted on it.</param>
internal sealed record InterruptedExchange(DoeFeature Feature, string Comm, int Pid, bool Went)
{
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture, $"{Feature} for {Comm} (pid {Pid}), {(Went ? "Go was written" : "Go was not yet written")}");
}
