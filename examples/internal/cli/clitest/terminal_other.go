//go:build !linux

package clitest

import (
	"os"
	"os/exec"
	"testing"
)

func openPTY(t testing.TB, _ int) (keys, tty *os.File) {
	t.Helper()
	t.Skip("pseudo terminals are opened on Linux only")
	return nil, nil
}

func control(*exec.Cmd) {}

func echoes(testing.TB, *os.File) bool { return true }
