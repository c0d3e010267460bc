namespace Fleet.Server.Domain.Policies;

/// <summary>A value of the document, with its path ("spec.claims[0].region").</summary>
internal readonly record struct Field(DocumentNode Node, string Path)
{
    public Field Item(DocumentNode item, int index) => new(item, $"{Path}[{index}]");
}
