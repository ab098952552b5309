package clitest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// Binaries are programs that are built once for all tests of a package.
type Binaries struct {
	packages []string
	once     sync.Once
	dir      string
	err      error
}

// Build names the packages to build, the first time that one is asked for.
func Build(packages ...string) *Binaries { return &Binaries{packages: packages} }

// Main runs the tests, and takes the programs away. TestMain calls it.
func (b *Binaries) Main(m *testing.M) {
	code := m.Run()
	if b.dir != "" {
		_ = os.RemoveAll(b.dir)
	}
	os.Exit(code)
}

// Path is where the program of this name is.
func (b *Binaries) Path(t testing.TB, name string) string {
	t.Helper()
	b.once.Do(b.build)
	if b.err != nil {
		t.Fatal(b.err)
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(b.dir, name)
}

func (b *Binaries) build() {
	if b.dir, b.err = os.MkdirTemp("", "okta-integration-test-"); b.err != nil {
		return
	}
	args := append([]string{"build", "-o", b.dir + string(filepath.Separator)}, b.packages...)
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		b.err = errors.New(string(out))
	}
}
