package clitest

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
)

// A Terminal is a pseudo terminal, and what was shown there.
type Terminal struct {
	keys *os.File // what a person types
	tty  *os.File // what the program has

	width int

	mu    sync.Mutex
	shown bytes.Buffer
}

// OpenTerminal opens a terminal of this width. It skips the test on systems where
// it cannot.
func OpenTerminal(t testing.TB, width int) *Terminal {
	t.Helper()
	keys, tty := openPTY(t, width)
	term := &Terminal{keys: keys, tty: tty, width: width}
	go term.read()
	t.Cleanup(func() { _ = tty.Close(); _ = keys.Close() })
	return term
}

// read collects what is shown, until both ends are closed.
func (term *Terminal) read() {
	buf := make([]byte, 4096)
	for {
		n, err := term.keys.Read(buf)
		term.mu.Lock()
		term.shown.Write(buf[:n])
		term.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// TTY is the terminal as a program has it.
func (term *Terminal) TTY() *os.File { return term.tty }

// Shown is all that was shown so far, with the line ends of a file.
func (term *Terminal) Shown() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return strings.ReplaceAll(term.shown.String(), "\r\n", "\n")
}

// Type presses keys; \x03 is Ctrl-C.
func (term *Terminal) Type(t testing.TB, keys string) {
	t.Helper()
	if _, err := term.keys.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

// Await waits until a text is shown.
func (term *Terminal) Await(t testing.TB, text string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("shown:\n%s", term.Shown())
		}
	}()
	Await(t, "the terminal does not show "+text, func() bool { return strings.Contains(term.Shown(), text) })
}

// escapes are how a program writes over lines.
var escapes = regexp.MustCompile(`\x1b\[\d*[AJK]`)

// CheckWidth fails the test if a line was broader than the terminal, unless one
// word of it is.
func (term *Terminal) CheckWidth(t testing.TB) {
	t.Helper()
	width := cli.Columns(func() int { return term.width })
	for line := range strings.Lines(term.Shown()) {
		for part := range strings.SplitSeq(strings.TrimSuffix(line, "\n"), "\r") {
			part = escapes.ReplaceAllString(part, "")
			word := slices.MaxFunc(strings.Split(part, " "), func(a, b string) int { return len(a) - len(b) })
			if n := utf8.RuneCountInString(part); n > width && len(word) < width/2 {
				t.Errorf("a line of %d columns, at %d: %q", n, width, part)
			}
		}
	}
}

// Start runs a program at the terminal, as its controlling one, so that Ctrl-C is
// a signal.
func (term *Terminal) Start(t testing.TB, env []string, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, term.tty, term.tty, term.tty
	control(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd
}

// Echoes reports whether the terminal shows what is typed.
func (term *Terminal) Echoes(t testing.TB) bool {
	t.Helper()
	return echoes(t, term.tty)
}
