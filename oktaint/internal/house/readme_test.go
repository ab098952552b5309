package house_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/internal/house"
)

func readme(t *testing.T) house.Readme {
	t.Helper()
	r, err := house.ReadReadme()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The Go code of the README stands in examples that are compiled. Its commands
// are run by .ci/readme.
func TestReadmeCode(t *testing.T) {
	t.Parallel()
	examples, err := os.ReadFile(filepath.Join(house.Root, "oktaint", "example_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := readme(t).GoCode()
	if len(blocks) != 4 {
		t.Errorf("%d blocks of Go, want 4", len(blocks))
	}
	for _, b := range blocks {
		if !strings.Contains(string(examples), b) {
			t.Errorf("oktaint/example_test.go lacks the README's code:\n%s", b)
		}
		if n := strings.Count(b, "\n"); n > 15 {
			t.Errorf("%d lines of code: the README is to show how short it is", n)
		}
	}
}

// The package tree of the README names every package that others can import, and
// every program.
func TestReadmeTree(t *testing.T) {
	t.Parallel()
	tree := readme(t).Tree()
	seen := map[string]bool{".": true}
	for _, s := range sources(t) {
		if s.Test || seen[s.Dir] || strings.Contains(s.Dir, "internal") {
			continue
		}
		seen[s.Dir] = true
		if !regexp.MustCompile(`\b` + path.Base(s.Dir) + `\b`).MatchString(tree) {
			t.Errorf("the package tree lacks %s", s.Dir)
		}
	}
}
