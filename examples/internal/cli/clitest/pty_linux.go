package clitest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"
)

// A Terminal is a pseudo terminal, and what was shown there.
type Terminal struct {
	keys *os.File // what a person types
	tty  *os.File // what the program has

	mu    sync.Mutex
	shown bytes.Buffer
	ended chan struct{}
}

// OpenTerminal opens a terminal of this width.
func OpenTerminal(t testing.TB, width int) *Terminal {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("this system has no pseudo terminals: %v", err)
	}
	var unlock, number int32
	size := [4]uint16{24, uint16(width)} // rows, columns, and two in pixels
	control(t, keys, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	control(t, keys, syscall.TIOCGPTN, unsafe.Pointer(&number))
	control(t, keys, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	term := &Terminal{keys: keys, tty: tty, ended: make(chan struct{})}
	go term.read()
	t.Cleanup(func() { _ = tty.Close(); _ = keys.Close(); <-term.ended })
	return term
}

func control(t testing.TB, f *os.File, request uintptr, arg unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(arg)); errno != 0 {
		t.Fatalf("ioctl %#x: %v", request, errno)
	}
}

// read collects what is shown, until both ends are closed.
func (term *Terminal) read() {
	defer close(term.ended)
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

// Start runs a program at the terminal, as its controlling one, so that Ctrl-C is
// a signal.
func (term *Terminal) Start(t testing.TB, env []string, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, term.tty, term.tty, term.tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd
}

// Echoes reports whether the terminal shows what is typed.
func (term *Terminal) Echoes(t testing.TB) bool {
	t.Helper()
	var state syscall.Termios
	control(t, term.tty, syscall.TCGETS, unsafe.Pointer(&state))
	return state.Lflag&syscall.ECHO != 0
}
