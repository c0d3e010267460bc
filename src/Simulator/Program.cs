// fleet-sim: the real agent (src/Agent) over simulated hosts. Hardware/ is the machines, Running/ the fleet of one process,
// Scenarios/ what is made to happen, Control/ how another process steers it.
using System.CommandLine;
using Fleet.Simulator.Commands;

InvocationConfiguration configuration = new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await SimCommands.Create().Parse(args).InvokeAsync(configuration);
