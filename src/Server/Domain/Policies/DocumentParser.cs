using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Fleet.Server.Domain.Policies;

/// <summary>
/// Parses the part of YAML that a policy needs: one document of mappings, sequences and scalars. Anchors, aliases, tags and merge
/// keys are refused, because with them the text a person reads is not what takes effect. Bounded in depth and in size.
/// </summary>
internal sealed class DocumentParser
{
    public const int MaxDepth = 16;
    public const int MaxNodes = 20_000;
    private readonly DiagnosticList _errors;
    private readonly Parser _parser;
    private int _nodes;

    private DocumentParser(string text, DiagnosticList errors)
    {
        _errors = errors;
        _parser = new Parser(new StringReader(text));
    }

    /// <returns>The document's root, or null when it cannot be parsed any further; the errors then say why.</returns>
    public static DocumentNode? Parse(string text, DiagnosticList errors)
    {
        DocumentParser parser = new(text, errors);
        try
        {
            return parser.ParseStream();
        }
        catch (TooLargeException stop)
        {
            errors.Add(Line(stop.At), Column(stop.At), stop.Path, stop.Message);
        }
        catch (YamlException error)
        {
            Mark at = error.End.Index > error.Start.Index ? error.End : error.Start;
            errors.Add(Line(at), Column(at), "", $"This is not YAML: {Sentence(error.Message)}");
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            // The scanner lets some malformed text out as these; the end of the last thing it understood is the nearest place known.
            Mark at = parser._parser.Current?.End ?? Mark.Empty;
            errors.Add(Line(at), Column(at), "", "This is not YAML from here on; look for a bracket, a brace or a quote that is not closed.");
        }

        return null;
    }

    private DocumentNode? ParseStream()
    {
        Next();
        if (Next() is not DocumentStart)
        {
            _errors.Add(1, 1, "", "The document is empty; expected a mapping with apiVersion, kind, metadata and spec.");
            return null;
        }

        DocumentNode root = ParseNode(Next(), "", 0);
        Next();
        if (Next() is DocumentStart second)
        {
            _errors.Add(Line(second.Start), Column(second.Start), "", "A second document begins here; put each policy by a request of its own.");
        }

        return root;
    }

    private DocumentNode ParseNode(ParsingEvent current, string path, int depth)
    {
        if (++_nodes > MaxNodes)
        {
            throw new TooLargeException(current.Start, path, $"The document has more than {MaxNodes} values.");
        }

        if (depth > MaxDepth)
        {
            throw new TooLargeException(current.Start, path, $"This is nested deeper than {MaxDepth} levels; a policy needs fewer.");
        }

        (int line, int column) = (Line(current.Start), Column(current.Start));
        if (current is AnchorAlias alias)
        {
            _errors.Add(line, column, path, $"The alias *{alias.Value} is not supported; write the value out.");
            return new BrokenNode(line, column);
        }

        if (current is NodeEvent node)
        {
            RefuseDecoration(node, path);
        }

        return current switch
        {
            Scalar scalar => new ScalarNode(
                line, column, (int)scalar.Start.Index, scalar.Value, scalar.Style is ScalarStyle.Plain, scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded),
            SequenceStart => ParseSequence(line, column, path, depth),
            MappingStart => ParseMapping(line, column, path, depth),
            _ => throw new YamlException(current.Start, current.End, "expected a value"),
        };
    }

    private SequenceNode ParseSequence(int line, int column, string path, int depth)
    {
        List<DocumentNode> items = [];
        for (ParsingEvent current = Next(); current is not SequenceEnd; current = Next())
        {
            items.Add(ParseNode(current, $"{path}[{items.Count}]", depth + 1));
        }

        return new SequenceNode(line, column, items);
    }

    private MappingNode ParseMapping(int line, int column, string path, int depth)
    {
        Dictionary<string, ScalarNode> seen = new(StringComparer.Ordinal);
        List<(ScalarNode, DocumentNode)> entries = [];
        for (ParsingEvent current = Next(); current is not MappingEnd; current = Next())
        {
            DocumentNode keyNode = ParseNode(current, path, depth + 1);
            string keyPath = keyNode is ScalarNode scalar ? Join(path, scalar.Value) : path;
            DocumentNode value = ParseNode(Next(), keyPath, depth + 1);
            if (keyNode is not ScalarNode key)
            {
                _errors.Add(keyNode, path, "A key must be a plain word.");
            }
            else if (seen.TryGetValue(key.Value, out ScalarNode? first))
            {
                _errors.Add(key, keyPath, $"The key '{key.Value}' is here a second time; the first is on line {first.Line}.");
            }
            else
            {
                seen.Add(key.Value, key);
                entries.Add((key, value));
            }
        }

        return new MappingNode(line, column, entries);
    }

    public static string Join(string path, string key) => path.Length is 0 ? key : $"{path}.{key}";

    private void RefuseDecoration(NodeEvent node, string path)
    {
        if (!node.Anchor.IsEmpty)
        {
            _errors.Add(Line(node.Start), Column(node.Start), path, $"The anchor &{node.Anchor.Value} is not supported; write the value where it is needed.");
        }

        // A tag on a quoted scalar is the parser's own "!" and means nothing.
        if (!node.Tag.IsEmpty && !(node.Tag.IsNonSpecific && node is Scalar))
        {
            _errors.Add(Line(node.Start), Column(node.Start), path, "Tags (!…) are not supported; remove it.");
        }
    }

    private ParsingEvent Next() =>
        _parser.MoveNext() ? _parser.Current! : throw new YamlException("the document ends too early");

    private static int Line(Mark mark) => Math.Max(1, (int)mark.Line);

    private static int Column(Mark mark) => Math.Max(1, (int)mark.Column);

    private static string Sentence(string message) => message.Length is 0 ? "syntax error." : $"{char.ToLowerInvariant(message[0])}{message[1..].TrimEnd('.')}.";

    private sealed class TooLargeException(Mark at, string path, string message) : Exception(message)
    {
        public Mark At => at;

        public string Path => path;
    }
}
