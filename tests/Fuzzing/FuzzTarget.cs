namespace Fleet.Fuzzing;

/// <summary>Something to throw random cases at. A seed makes one case, always the same.</summary>
internal abstract class FuzzTarget
{
    public abstract string Name { get; }

    /// <summary>Runs one case.</summary>
    /// <exception cref="FuzzException">It did what it must not do. Any other exception is a finding as well.</exception>
    public abstract void Run(int seed);

    /// <summary>The case of a seed that fails, made as small as it can be and still fail, as lines for people.</summary>
    public abstract IEnumerable<string> Minimise(int seed);

    /// <summary>True when the action fails in any way.</summary>
    protected static bool Fails(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (Exception)
        {
            return true; // Whatever it was, it is what a smaller case must still do.
        }
    }
}
