namespace Fleet.Server.Data.Events.Postgres;

/// <summary>A text that events of a day say, and the number that stands for it in their rows.</summary>
internal readonly record struct Word(int Code, string Text)
{
    /// <summary>Stands for every text that got no number: agents may say any text, so there is an end to them (<see cref="NameBounds"/>). Its own text is empty.</summary>
    public const int Other = 0;
}
