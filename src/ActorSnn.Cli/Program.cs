Console.WriteLine("actorsnn");
