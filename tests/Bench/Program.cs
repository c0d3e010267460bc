Console.Error.WriteLine("usage: ./bench [decide|mirror|ingest]");
