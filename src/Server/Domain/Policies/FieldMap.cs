namespace Fleet.Server.Domain.Policies;

/// <summary>A mapping whose keys have been checked.</summary>
internal sealed class FieldMap(MappingNode node, string path)
{
    public MappingNode Node => node;

    public string Path => path;

    public bool Has(string key) => node.Entries.Any(entry => entry.Key.Value == key);

    public Field? Find(string key)
    {
        foreach ((ScalarNode name, DocumentNode value) in node.Entries)
        {
            if (name.Value == key)
            {
                return new Field(value, DocumentParser.Join(path, key));
            }
        }

        return null;
    }

    /// <summary>Where the key itself stands; the mapping's beginning when there is no such key.</summary>
    public DocumentNode KeyOf(string key) => node.Entries.FirstOrDefault(entry => entry.Key.Value == key).Key ?? (DocumentNode)node;
}
