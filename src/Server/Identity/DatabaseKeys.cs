using System.Xml.Linq;
using Fleet.Server.Data;
using Fleet.Server.Data.Cell;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Identity;

/// <summary>Keeps the keys behind cookies, antiforgery tokens and tickets in the database, so that what one server gave out another accepts.</summary>
internal sealed class DatabaseKeys(IDbContextFactory<FleetDb> databases) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using FleetDb db = databases.CreateDbContext();
        return [.. db.Set<KeyRow>().AsNoTracking().Select(row => row.Xml).ToList().Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using FleetDb db = databases.CreateDbContext();
        db.Add(new KeyRow { Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        db.SaveChanges();
    }
}
