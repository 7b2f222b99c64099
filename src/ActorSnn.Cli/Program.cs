using ActorSnn.Cli.Commands;

return CommandLine.Run(args);
