namespace Fleet.Contracts;

/// <summary>What a run may cost at most; a device that needs more stays unattested.</summary>
/// <param name="Delays">Busy and ResponseNotReady answers in all.</param>
/// <param name="WaitingMilliseconds">Waiting that the device asked for, in all.</param>
/// <param name="BusyDelayMilliseconds">Wait before a request is sent again after Busy; it doubles each time.</param>
/// <param name="Exchanges">Exchanges in all, fetches of chunks included.</param>
/// <param name="Bytes">Bytes received in all.</param>
public sealed record AttestationBudget(int Delays, int WaitingMilliseconds, int BusyDelayMilliseconds, int Exchanges, int Bytes);
