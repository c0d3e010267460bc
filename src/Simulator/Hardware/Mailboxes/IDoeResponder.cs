using Fleet.Pci.Doe;

namespace Fleet.Simulator.Hardware.Mailboxes;

/// <summary>Answers the objects of one feature.</summary>
internal interface IDoeResponder
{
    DoeFeature Feature { get; }

    /// <summary>The response's payload in dwords; null when there is none to give, which sets Error.</summary>
    uint[]? Answer(uint[] payload);
}
