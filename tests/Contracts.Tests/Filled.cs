using System.Collections;
using System.Reflection;
using Fleet.Pci;

namespace Fleet.Contracts.Tests;

/// <summary>Makes an example of a record with every member set, the same one each time. A new member changes its golden file by itself.</summary>
internal static class Filled
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero);
    private static readonly HostId Host = HostId.Parse("0190c0de0000700080000000000000a1");

    public static object Of(Type type) => Make(type, type.Name);

    private static object Make(Type type, string name)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (Simple(plain, name) is { } value)
        {
            return value;
        }

        if (plain.IsEnum)
        {
            return Enum.GetValues(plain).Cast<object>().Last(v => v.ToString() is not "Unknown");
        }

        if (plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
        {
            return Dictionary(plain.GetGenericArguments());
        }

        return plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? List(plain.GetGenericArguments()[0], name)
            : Record(plain);
    }

    private static object? Simple(Type type, string name) => type switch
    {
        _ when type == typeof(string) => "some " + name,
        _ when type == typeof(bool) => true,
        _ when type == typeof(int) => 340,
        _ when type == typeof(uint) => 1000u,
        _ when type == typeof(long) => 4_294_967_298L,
        _ when type == typeof(ulong) => 9_007_199_254_740_993UL,
        _ when type == typeof(double) => 0.5,
        _ when type == typeof(DateTimeOffset) => Time,
        _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(90),
        _ when type == typeof(HostId) => Host,
        _ when type == typeof(PciAddress) => PciAddress.Parse("0000:01:00.0"),
        _ when type == typeof(FunctionId) => new FunctionId(Host, PciAddress.Parse("0000:01:00.0")),
        _ => null,
    };

    private static object Dictionary(Type[] arguments)
    {
        IDictionary made = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
        made.Add("key", Make(arguments[1], "value"));
        return made;
    }

    private static Array List(Type element, string name)
    {
        Array made = Array.CreateInstance(element, 1);
        made.SetValue(Make(element, name), 0);
        return made;
    }

    private static object Record(Type type)
    {
        ConstructorInfo constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        object made = constructor.Invoke([.. constructor.GetParameters().Select(p => Make(p.ParameterType, p.Name!))]);
        foreach (PropertyInfo property in type.GetProperties().Where(p => p.SetMethod is { IsPublic: true }))
        {
            property.SetValue(made, Make(property.PropertyType, char.ToLowerInvariant(property.Name[0]) + property.Name[1..]));
        }

        return made;
    }
}
