package oktaintegration_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The Go code of the README stands in examples that are compiled. Its commands
// are run by .ci/readme.
func TestReadmeCode(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("oktaint/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(readme, -1)
	if len(blocks) != 2 {
		t.Errorf("%d blocks of Go, want 2", len(blocks))
	}
	for _, b := range blocks {
		if !strings.Contains(string(examples), string(b[1])) {
			t.Errorf("oktaint/example_test.go lacks the README's code:\n%s", b[1])
		}
		if n := strings.Count(string(b[1]), "\n"); n > 15 {
			t.Errorf("%d lines of code: the README is to show how short it is", n)
		}
	}
}
