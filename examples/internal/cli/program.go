package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// The exit statuses. ExitHelp tells them.
const (
	ExitDone        = 0   // the work is done
	ExitFailed      = 1   // the work could not be done
	ExitUsage       = 2   // the command line is wrong
	ExitIncomplete  = 3   // done, but something that was asked for is not so
	ExitInterrupted = 130 // SIGINT or SIGTERM came
)

// Main runs a program by what the process was started with, and ends the
// process. The first SIGINT or SIGTERM ends the context of run; the second one
// ends the process.
func Main(name string, run func(context.Context, *Program) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop()
	}()
	os.Exit(New(name, os.Args[1:]).Run(ctx, run))
}

// A Program is one run of a command, with everything that it touches. Tests make
// one by hand, with buffers for files; the zero value of a function means that
// there is no terminal, no environment or no folder for settings.
type Program struct {
	Name           string
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(name string) string
	ConfigDir      func() (string, error)

	// OutWidth and ErrWidth return how many columns the terminal of Stdout and
	// of Stderr has. Nil means that there is no terminal: lines are written
	// whole then, and nothing is written over.
	OutWidth, ErrWidth func() int

	// Ask asks at a terminal; nil means that nobody can be asked.
	Ask Asker

	// JSON is set by --json: standard output is for a program.
	JSON bool

	flags   *flag.FlagSet
	help    string
	printed bool // standard output has its JSON document

	mu    sync.Mutex // held while anything is written to Stderr
	live  string     // the terminal's last line, which has no end yet, or several
	until time.Time  // the end of the wait that was told last
}

// New returns the program of this process.
func New(name string, args []string) *Program {
	return &Program{
		Name: name, Args: args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, ConfigDir: os.UserConfigDir,
		OutWidth: widthOf(os.Stdout), ErrWidth: widthOf(os.Stderr), Ask: askAt(os.Stdin, os.Stderr),
	}
}

// Run calls run, tells what came of it, and returns the exit status. The context
// that run gets tells of waits.
func (p *Program) Run(ctx context.Context, run func(context.Context, *Program) error) int {
	err := run(oktaint.WithOnWait(ctx, p.Wait), p)
	p.EndLine()
	if err == nil || errors.Is(err, errHelp) {
		return ExitDone
	}
	f := p.failure(err, ctx.Err() != nil)
	p.Say("%s: %s", p.Name, f)
	if f.Status == ExitUsage {
		p.Say("Run %s --help for the flags.", p.Name)
	}
	if p.JSON && !p.printed {
		if err := p.PrintJSON(f); err != nil {
			p.Say("%s: %v", p.Name, err)
		}
	}
	return f.Status
}

// Demo reports whether the program has no arguments, so that it is to show what
// it does on a simulated org.
func (p *Program) Demo() bool { return len(p.Args) == 0 }

// env reads the environment.
func (p *Program) env(name string) string {
	if p.Getenv == nil {
		return ""
	}
	return p.Getenv(name)
}

// SettingsDir returns the folder where this system keeps settings.
func (p *Program) SettingsDir() (string, error) {
	if p.ConfigDir == nil {
		return "", errors.New("this system has no folder for settings")
	}
	return p.ConfigDir()
}

// Columns is how broad lines for a terminal of this width may be, 0 without one: a
// pipe gets whole lines.
func Columns(width func() int) int {
	if width == nil {
		return 0
	}
	return cmp.Or(max(width(), 0), defaultWidth)
}
