using System.Text.RegularExpressions;

namespace Fleet.Web.Pages.Policies;

/// <summary>What the editor itself must know of a document; checking it is the server's work.</summary>
public static class PolicyDocument
{
    /// <summary>The document that a new policy begins with: shadow, so that it refuses nothing yet.</summary>
    public const string Template = """
        apiVersion: fleet/v1
        kind: ClaimPolicy
        metadata:
          name: doe-exclusive
          description: DOE mailboxes are driven through the broker
        spec:
          priority: 100
          mode: shadow                       # observe | shadow | enforce
          hosts: 'sim:true'
          functions: ''
          claims:
            - region: { doe: registers }     # or { capability: pcie }, { extendedCapability: 0x0010 }, { offset: 0x340, length: 0x60 }, { bar: 0 }
              holder: broker
              onRead: allow                  # allow | cached | ones | refuse | wait
              onWrite: virtualise            # virtualise | refuse | wait | allow

        """;

    // In time that grows with the text alone, whatever the text: a limit of time would find no name on a busy machine.
    private static readonly Regex Name = new(
        @"^metadata:\s*(?:\{[^}\n]*?|\n(?:[ \t]+[^\n]*\n)*?[ \t]+)\bname:\s*['""]?(?<name>[a-z0-9][a-z0-9.-]*)", RegexOptions.Multiline | RegexOptions.NonBacktracking);

    /// <summary>metadata.name; null when the document has none in a form that is found.</summary>
    public static string? NameOf(string document)
    {
        Match match = Name.Match(document);
        return match.Success ? match.Groups["name"].Value : null;
    }

    public static int LinesOf(string document) => document.AsSpan().Count('\n') + 1;
}
