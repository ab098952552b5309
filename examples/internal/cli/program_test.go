package cli_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// How a run ended is its exit status, whatever is wrapped around it.
func TestExitStatuses(t *testing.T) {
	t.Parallel()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	wrapped := func(err error) error { return fmt.Errorf("in the middle: %w", err) }
	for _, tt := range []struct {
		name   string
		ctx    context.Context
		err    error
		status int
		stderr string
	}{
		{"done", nil, nil, cli.ExitDone, ""},
		{"done before the signal", stopped, nil, cli.ExitDone, ""},
		{"failed", nil, wrapped(errors.New("broken")), cli.ExitFailed, "x: in the middle: broken\n"},
		{"usage", nil, wrapped(cli.Usagef("no %s", "flag")), cli.ExitUsage, "x: in the middle: no flag\nRun x --help for the flags.\n"},
		{"usage of an error", nil, cli.Usage(errors.New("no")), cli.ExitUsage, "x: no\nRun x --help for the flags.\n"},
		{"no usage", nil, cli.Usage(nil), cli.ExitDone, ""},
		{"incomplete", nil, wrapped(cli.Incompletef("half")), cli.ExitIncomplete, "x: in the middle: half\n"},
		{"interrupted", stopped, context.Canceled, cli.ExitInterrupted, "x: interrupted\n"},
		{"interrupted in the middle", stopped, wrapped(context.Canceled), cli.ExitInterrupted, "x: interrupted: in the middle\n"},
		{"interrupted, incomplete", stopped, cli.Incompletef("half"), cli.ExitInterrupted, "x: interrupted: half\n"},
		{"somebody else's context", nil, context.Canceled, cli.ExitFailed, "x: context canceled\n"},
	} {
		got := clitest.Setup{Context: tt.ctx}.Run(t, "x", func(context.Context, *cli.Program) error { return tt.err }, "--arg")
		if got.Status != tt.status || got.Stderr != tt.stderr || got.Stdout != "" {
			t.Errorf("%s: status %d, want %d; %q, want %q; %q", tt.name, got.Status, tt.status, got.Stderr, tt.stderr, got.Stdout)
		}
	}
}

// Whatever the environment says, no argument is a demonstration, and it says so.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	env := map[string]string{"OKTA_CLIENT_ORGURL": "https://acme.okta.com", "OKTA_CLIENT_TOKEN": "00x", "OKTA_API_TOKEN": "00x"}
	clitest.Setup{Env: env}.Run(t, "whoami", run).Check(t, cli.ExitDone, "this is a demonstration", "OKTA_CLIENT_ORGURL, OKTA_CLIENT_TOKEN: set, but the environment counts only if a flag is given")
	o := clitest.Serve(t, oktatest.Config{})
	env = map[string]string{"OKTA_CLIENT_ORGURL": o.URL, "OKTA_CLIENT_TOKEN": o.APIToken()}
	clitest.Setup{Env: env}.Run(t, "whoami", run, "--ca-file", o.CA).Check(t, cli.ExitDone, "the environment (OKTA_CLIENT_...) names the org and the credential", "org "+o.URL)
}

// The live line of a run that fails is ended before the failure is told, and what
// goes to standard output begins on a line of its own.
func TestEndOfLiveLine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		run  func(p *cli.Program) error
		want string
	}{
		{func(*cli.Program) error { return errors.New("broken") }, "\rreading\x1b[K\nx: broken\n"},
		{func(p *cli.Program) error { return p.PrintText("text\n") }, "\rreading\x1b[K\n"},
		{func(p *cli.Program) error { _, err := p.Confirm(t.Context(), "Go on?"); return err }, "\rreading\x1b[K\n"},
	} {
		got := clitest.Setup{ErrWidth: 80, Ask: clitest.Answers("", new(string))}.Run(t, "x", func(_ context.Context, p *cli.Program) error {
			p.Live("reading")
			return tt.run(p)
		}, "--flag")
		if got.Stderr != tt.want {
			t.Errorf("%q, want %q", got.Stderr, tt.want)
		}
	}
}

// A program that has not said what it works on is not a demonstration.
func TestZeroProgram(t *testing.T) {
	t.Parallel()
	if _, err := new(cli.Program).SettingsDir(); err == nil {
		t.Error("there is a folder for settings")
	}
	if cli.Columns(nil) != 0 || cli.Columns(func() int { return 0 }) != 80 || cli.Columns(func() int { return 132 }) != 132 {
		t.Error("Columns is wrong")
	}
}

// programs are those that run as processes of their own.
var programs = clitest.Build("./testdata/stubborn")

func TestMain(m *testing.M) { programs.Main(m) }

// The first SIGINT or SIGTERM is left to the program, the second one ends it.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		for args, status := range map[string]int{"--obey": cli.ExitInterrupted, "--finish": cli.ExitDone, "--stubborn": -1} {
			cmd := exec.CommandContext(t.Context(), programs.Path(t, "stubborn"), args)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for _, want := range []string{"ready", "asked to end"} {
				if !lines.Scan() || lines.Text() != want {
					t.Fatalf("%s: %q, want %q", args, lines.Text(), want)
				}
				if want == "ready" || args == "--stubborn" {
					_ = cmd.Process.Signal(sig)
				}
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			for waiting := true; waiting; {
				select {
				case <-ended:
					waiting = false
				case <-time.After(20 * time.Millisecond):
					if args == "--stubborn" { // the one before may have come too early
						_ = cmd.Process.Signal(sig)
					}
				}
			}
			if got := cmd.ProcessState.ExitCode(); got != status {
				t.Errorf("%s after %v: status %d, want %d", args, sig, got, status)
			}
		}
	}
}
