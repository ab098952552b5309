package clitest

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"unsafe"
)

func openPTY(t testing.TB, width int) (keys, tty *os.File) {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("this system has no pseudo terminals: %v", err)
	}
	var unlock, number int32
	size := [4]uint16{24, uint16(width)} // rows, columns, and two in pixels
	ioctl(t, keys, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	ioctl(t, keys, syscall.TIOCGPTN, unsafe.Pointer(&number))
	ioctl(t, keys, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return keys, tty
}

func ioctl(t testing.TB, f *os.File, request uintptr, arg unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(arg)); errno != 0 {
		t.Fatalf("ioctl %#x: %v", request, errno)
	}
}

// control makes the terminal the controlling one of a command.
func control(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true} }

func echoes(t testing.TB, tty *os.File) bool {
	t.Helper()
	var state syscall.Termios
	ioctl(t, tty, syscall.TCGETS, unsafe.Pointer(&state))
	return state.Lflag&syscall.ECHO != 0
}
