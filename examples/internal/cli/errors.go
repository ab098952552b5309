package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// A usageError is about the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// Usage marks err as a fault of the command line. It returns nil for nil.
func Usage(err error) error {
	if err == nil {
		return nil
	}
	return &usageError{err}
}

// Usagef makes an error about the command line.
func Usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// IsUsage reports whether err is about the command line.
func IsUsage(err error) bool {
	var e *usageError
	return errors.As(err, &e)
}

// An incompleteError is about something that was asked for and is not so.
type incompleteError struct{ err error }

func (e *incompleteError) Error() string { return e.err.Error() }
func (e *incompleteError) Unwrap() error { return e.err }

// Incompletef makes an error for work that is done, but not all that was asked
// for is so.
func Incompletef(format string, args ...any) error {
	return &incompleteError{fmt.Errorf(format, args...)}
}

// IsIncomplete reports whether err was made by Incompletef.
func IsIncomplete(err error) bool {
	var e *incompleteError
	return errors.As(err, &e)
}

var (
	errHelp        = errors.New("help was asked for")
	errInterrupted = errors.New("interrupted")
)

// A Failure is how a run ended that did not do all its work. With --json it
// stands on standard output: alone, or within a result, which embeds it.
type Failure struct {
	Message string `json:"error"`
	Remedy  string `json:"hint"` // which flags help; may be empty
	Status  int    `json:"exit"` // one of the exit statuses
}

// String is the failure in one text for people.
func (f *Failure) String() string {
	if f.Remedy == "" {
		return f.Message
	}
	return f.Message + "\n" + f.Remedy
}

// Failure describes err for a document that the program prints. It returns nil
// for nil.
func (p *Program) Failure(ctx context.Context, err error) *Failure {
	if err == nil {
		return nil
	}
	return p.failure(err, ctx.Err() != nil)
}

func (p *Program) failure(err error, interrupted bool) *Failure {
	f := &Failure{Text(err), "", ExitFailed}
	switch {
	case interrupted:
		f.Status, f.Message = ExitInterrupted, interruptedText(f.Message)
		return f
	case IsUsage(err):
		f.Status = ExitUsage
	case IsIncomplete(err):
		f.Status = ExitIncomplete
	}
	f.Remedy = remedy(err)
	return f
}

// interruptedText says what was interrupted, if there is anything to say. The words of
// package os/signal are those of a context's cause.
func interruptedText(text string) string {
	for _, end := range []string{errInterrupted.Error(), context.Canceled.Error(), "interrupt signal received", "terminated signal received"} {
		text = strings.TrimSuffix(strings.TrimSuffix(text, end), ": ")
	}
	if text == "" {
		return errInterrupted.Error()
	}
	return errInterrupted.Error() + ": " + text
}

// prefixes are what the library's errors begin with, wherever one begins within
// another.
var prefixes = regexp.MustCompile(`(^|: |; |\n\s*)(?:(?:oktaint|oauthapp|remediation|scopes|request|durable|inventory|systemlog): ?)+`)

// flagWords are what the library says of what a program asks it for, each followed
// by the flags of that.
var flagWords = []string{
	"ask for no permissions, and for a standard role such as HELP_DESK_ADMIN", "leave --remediation and --actions out, and give --role HELP_DESK_ADMIN",
	"name the app in Desired.ApplicationID to change that", "rename it in the Admin Console to change that",
	"with the permission okta.iam.read over the org's IAM resources", "with the permission okta.iam.read over the org's IAM resources (onboard does, by its --role visibility)",
	"Guards.Allow", "--allow", "Guards.Destructive", "--destructive", "Guards.MaxTargets", "--max-targets",
	"context deadline exceeded", "it took too long",
}

var inWords = strings.NewReplacer(flagWords...)

// Text is an error's text for a person: without the names of packages and of what
// only programmers see.
func Text(err error) string { return Plain(err.Error()) }

// Plain is Text for an error that is a string already.
func Plain(text string) string { return inWords.Replace(prefixes.ReplaceAllString(text, "$1")) }
