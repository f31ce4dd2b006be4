Console.WriteLine("pcm");
