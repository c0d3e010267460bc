using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Policy;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fleet.Server.Http.Filters;

/// <summary>
/// What a list can be filtered by, and which values its fields can have at all. A filter for a value that nothing can ever have is refused: its empty
/// answer would read as "all is well".
/// </summary>
/// <param name="names">The fields.</param>
internal sealed class FilterFields(IReadOnlyList<string> names)
{
    private static readonly string[] YesOrNo = ["true", "false"];
    private readonly Dictionary<string, Func<TermNode, string?>> _checks = [];

    public IReadOnlyList<string> Names => names;

    /// <summary>Fields that have one of a few words.</summary>
    public FilterFields Words(IEnumerable<string> words, params string[] fields)
    {
        string[] known = [.. words];
        return With(fields, term => known.Any(term.MatchesValue) ? null : $"nothing; {term.Field} is one of {string.Join(", ", known)}");
    }

    /// <summary>Fields that have one of a few words as far as this version knows; a quoted one may be of another version.</summary>
    public FilterFields Known(IEnumerable<string> words, params string[] fields)
    {
        string[] known = [.. words];
        return With(fields, term => term.Literal || known.Any(term.MatchesValue) ? null : $"no {term.Field} known here (quote it to look for it all the same); known are {string.Join(", ", known)}");
    }

    /// <summary>Fields that have the words of an enum.</summary>
    public FilterFields Words<T>(params string[] fields)
        where T : struct, Enum => Words(Enum.GetValues<T>().Select(value => FleetJson.Word(value)), fields);

    /// <summary>Fields that are true or false.</summary>
    public FilterFields Flags(params string[] fields) => Words(YesOrNo, fields);

    /// <summary>Fields that are whole numbers, which may be written in hexadecimal.</summary>
    public FilterFields Numbers(params string[] fields) => With(
        fields, term => term.IsGlob || IsNumber(term.Value) ? null : $"no number; {term.Field} is compared with one (10, 0x340)");

    /// <summary>Fields that are moments.</summary>
    public FilterFields Times(params string[] fields) => With(
        fields,
        term => term.IsGlob || DateTimeOffset.TryParse(term.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)
            ? null
            : $"no time; {term.Field} is compared with one (2026-01-31T12:00:00Z)");

    /// <summary>Reads the filter of a request.</summary>
    /// <returns>False with the answer for who asked, when it does not parse or can match nothing.</returns>
    public bool TryParse(string? q, [NotNullWhen(true)] out Selector? selector, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        problem = Selector.TryParse(q, names, out selector, out SelectorError? error)
            ? Check(selector.Root)
            : Problems.InvalidFilter(error.Value.Position, error.Value.Message);
        return problem is null;
    }

    private static bool IsNumber(string text) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)
        : decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);

    private FilterFields With(string[] fields, Func<TermNode, string?> check)
    {
        foreach (string field in fields)
        {
            _checks[field] = check;
        }

        return this;
    }

    private ProblemHttpResult? Check(SelectorNode node) => node switch
    {
        AndNode and => Check(and.Left) ?? Check(and.Right),
        OrNode or => Check(or.Left) ?? Check(or.Right),
        NotNode not => Check(not.Operand),
        TermNode { Operator: SelectorOperator.Equal or SelectorOperator.NotEqual } term when _checks.TryGetValue(term.Field, out Func<TermNode, string?>? check)
            && check(term with { Operator = SelectorOperator.Equal }) is { } wrong => Problems.InvalidFilter(term.Position, $"'{term.Value}' is {wrong}."),
        _ => null,
    };
}
