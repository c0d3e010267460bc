using Fleet.Contracts;

namespace Fleet.Web.Pages.Functions;

/// <summary>What a function is called where its ids alone say too little.</summary>
public static class FunctionNames
{
    private static readonly string[] Forms =
        [" Corporation", " Corp.", ", Inc.", " Inc.", " Co Ltd", " Co., Ltd.", " Electronics", " Semiconductor", " Technology", " Limited", ", LLC", " Ltd"];

    /// <summary>"Samsung PM9D3", or the class with the ids when the names are unknown.</summary>
    public static string Title(FunctionView function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return (function.VendorName, function.DeviceName) switch
        {
            ({ } vendor, { } device) => $"{Short(vendor)} {device}",
            ({ } vendor, null) => $"{Short(vendor)} {function.ClassName ?? "device"} {function.DeviceId}",
            _ => $"{function.ClassName ?? "Device"} {function.VendorId}:{function.DeviceId}",
        };
    }

    /// <summary>Owners of the mailboxes; a dash when there is no mailbox.</summary>
    public static string Owners(FunctionView function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.Mailboxes.Count is 0 ? "–" : string.Join(", ", function.Mailboxes.Select(m => m.Owner).Distinct());
    }

    /// <summary>A vendor's name without its legal form.</summary>
    internal static string Short(string vendor)
    {
        foreach (string form in Forms)
        {
            if (vendor.EndsWith(form, StringComparison.OrdinalIgnoreCase))
            {
                return Short(vendor[..^form.Length]);
            }
        }

        return vendor;
    }
}
