using System.Net.Http.Headers;
using Fleet.Client;
using Fleet.Contracts;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>The REST interface as an administrator has it.</summary>
internal static class Api
{
    public static HttpClient Connect(Uri server, string dataDirectory)
    {
        HttpClient http = new() { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(Path.Combine(dataDirectory, "admin.token")).Trim());
        return http;
    }

    /// <summary>Every item of a list, over all its pages.</summary>
    public static async Task<IReadOnlyList<T>> AllAsync<T>(Func<ListQuery, Task<Page<T>>> list, string? q = null)
    {
        List<T> all = [];
        string? cursor = null;
        do
        {
            Page<T> page = await list(new ListQuery { Q = q, Cursor = cursor, Limit = 200 });
            all.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        return all;
    }
}
