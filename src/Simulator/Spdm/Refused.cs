namespace Fleet.Simulator.Spdm;

/// <summary>A request that is answered with ERROR; carried out of a handler to where the ERROR is written.</summary>
internal sealed class Refused(byte code, byte detail = 0) : Exception
{
    public byte Code => code;

    public byte Detail => detail;

    /// <summary>Refuses as InvalidRequest unless the condition holds.</summary>
    public static void Unless(bool condition)
    {
        if (!condition)
        {
            throw new Refused(ErrorCodes.InvalidRequest);
        }
    }
}
