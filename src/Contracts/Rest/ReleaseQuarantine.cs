namespace Fleet.Contracts;

/// <summary>Asks for a function to be let out of quarantine.</summary>
/// <param name="Function">The function.</param>
/// <param name="Reason">Why that is right; kept with who asked and when.</param>
/// <param name="ForgetIdentity">True where the device was changed on purpose: the next one seen is pinned.</param>
public sealed record ReleaseQuarantine(FunctionId Function, string Reason, bool ForgetIdentity = false);
