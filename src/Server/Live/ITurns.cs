using Fleet.Server.Domain.Hosts;

namespace Fleet.Server.Live;

/// <summary>Who said hello with which identity, on every server of the cell.</summary>
internal interface ITurns
{
    /// <summary>Takes in what became of a hello to another server. The newest wins: what is left here of an older connection ends.</summary>
    void Elsewhere(Turn turn);
}
