// Composition root; see docs/ARCHITECTURE.md.
Console.Error.WriteLine("not built yet");
return 1;
