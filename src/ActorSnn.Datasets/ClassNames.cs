namespace ActorSnn.Datasets;

/// <summary>What the classes of data sets are called, in the order of their labels.</summary>
internal static class ClassNames
{
    public static readonly string[] Digits = Each("0123456789");

    public static readonly string[] Capitals = Each("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static readonly string[] DigitsAndCapitals = [.. Digits, .. Capitals];

    public static readonly string[] DigitsAndLetters = [.. DigitsAndCapitals, .. Each("abcdefghijklmnopqrstuvwxyz")];

    /// <summary>EMNIST's merged classes: the small letters that look like their capitals count as these.</summary>
    public static readonly string[] MergedLetters = [.. DigitsAndCapitals, .. Each("abdefghnqrt")];

    public static readonly string[] Clothes = ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    public static readonly string[] SpokenDigits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    public static readonly string[] SpokenDigitsOfTwoLanguages =
        [.. SpokenDigits, "null", "eins", "zwei", "drei", "vier", "fuenf", "sechs", "sieben", "acht", "neun"];

    public static readonly string[] FacesAndMotorbikes = ["face", "motorbike"];

    private static string[] Each(string characters) => [.. characters.Select(c => c.ToString())];
}
