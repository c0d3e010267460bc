namespace Fleet.Web.Pages.Attestation;

/// <summary>Where two values in hexadecimal part.</summary>
internal static class MeasurementDiff
{
    /// <summary>Number of the first byte that differs from the alternative that goes along the longest; 0 where the other side is words.</summary>
    public static int FirstByte(string value, string expected) => expected.Split(" or ").Select(alternative => Common(value, alternative)).Max() / 2;

    private static int Common(string left, string right)
    {
        int length = Math.Min(left.Length, right.Length);
        int at = 0;
        while (at < length && left[at] == right[at])
        {
            at++;
        }

        return at == left.Length ? Math.Max(0, at - 2) : at;
    }
}
