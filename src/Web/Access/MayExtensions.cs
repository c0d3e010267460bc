namespace Fleet.Web.Access;

/// <summary>Questions that a component asks of the permissions it is given. Without any (they are being read) it offers what it has.</summary>
public static class MayExtensions
{
    public static bool Denies(this Permissions? may, string scope) => may is not null && !may.Has(scope);

    /// <summary>The reason, for a button's tip and the line beneath it; null where there is none.</summary>
    public static string? Why(this Permissions? may, string scope) => may is not null && !may.Has(scope) ? may.Reason(scope) : null;
}
