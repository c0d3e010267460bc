using Fleet.Contracts;

namespace Fleet.Server.Domain.Policies;

/// <summary>Collects what is wrong with a document; bounded, because a hostile document can be wrong without end.</summary>
internal sealed class DiagnosticList
{
    public const int Most = 100;
    private readonly List<Diagnostic> _items = [];
    private int _left;

    public bool IsEmpty => _items.Count is 0;

    public void Add(DocumentNode at, string path, string message) => Add(at.Line, at.Column, path, message);

    public void Add(int line, int column, string path, string message)
    {
        if (_items.Count == Most)
        {
            _left++;
            return;
        }

        _items.Add(new Diagnostic(line, column, path, message));
    }

    /// <summary>Everything found, in document order.</summary>
    public IReadOnlyList<Diagnostic> ToOrdered()
    {
        List<Diagnostic> ordered = [.. _items.OrderBy(item => item.Line).ThenBy(item => item.Column)];
        if (_left > 0)
        {
            Diagnostic last = ordered[^1];
            ordered.Add(new Diagnostic(last.Line, last.Column, "", $"{_left} more errors are not listed; correct these first."));
        }

        return ordered;
    }
}
