using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>A function as its agent knows it: answers as the server's view does, save for what only the server knows.</summary>
internal sealed class LocalFunctionSelectable(FunctionFacts function) : ISelectable
{
    private readonly FunctionSelectable _view = new(new FunctionView
    {
        Id = new FunctionId(default, function.Address),
        Host = default,
        HostName = "",
        HostState = "",
        Address = function.Address,
        VendorId = function.VendorId,
        DeviceId = function.DeviceId,
        ClassCode = function.ClassCode,
        Revision = function.Revision,
        Driver = function.Driver,
        Subsystem = function.Subsystem,
        VendorName = function.VendorName,
        DeviceName = function.DeviceName,
        ClassName = function.ClassName,
        Capabilities = function.Capabilities,
        Mailboxes = function.Mailboxes,
        Findings = function.Findings,
    });

    public bool Knows(string field) => Selectables.LocalFunctionFields.Contains(field) || field is "any";

    public IEnumerable<string> Values(string field) => Knows(field) ? _view.Values(field) : FieldValues.None;
}
