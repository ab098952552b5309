package cli

// For tests at a terminal.
var (
	AskAt   = askAt
	WidthOf = widthOf
)
