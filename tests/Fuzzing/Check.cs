using System.Runtime.CompilerServices;

namespace Fleet.Fuzzing;

/// <summary>What must hold for every case.</summary>
internal static class Check
{
    /// <summary>Fails with the condition's own text.</summary>
    public static void That(bool condition, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        if (!condition)
        {
            throw new FuzzException($"This must hold: {text}");
        }
    }
}
