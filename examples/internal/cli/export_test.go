package cli

// For tests at a terminal, and of words.
var (
	AskAt     = askAt
	WidthOf   = widthOf
	FlagWords = flagWords
)
