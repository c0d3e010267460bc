namespace Fleet.Server.Http.Requests;

/// <summary>On a request: it was HEAD, and is answered as GET would be, without the body.</summary>
internal sealed class HeadRequest;
