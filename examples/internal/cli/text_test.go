package cli_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	path := "/" + strings.Repeat("long/", 10) + "file"
	for _, tt := range []struct {
		text  string
		width int
		want  string
	}{
		{"one two three", 0, "one two three\n"},
		{"one two three", 13, "one two three\n"},
		{"one two three", 12, "one two\n  three\n"},
		{"one two three", 5, "one\n  two\n  three\n"},
		{"one two three", 1, "one\n  two\n  three\n"},
		{"  one two three", 10, "  one two\n    three\n"},
		{"one\ntwo three four", 9, "one\ntwo three\n  four\n"},
		{"", 10, "\n"}, {"\n", 10, "\n"},
		{"see " + path + " for more", 20, "see\n  " + path + "\n  for more\n"}, // it can be copied
		{"界界界 界界界", 8, "界界界\n  界界界\n"},
		{"e\u0301e\u0301 e\u0301", 4, "e\u0301e\u0301 e\u0301\n"},
		{"a\x1b[2Jb\u202e", 10, "a\uFFFD[2Jb\uFFFD\n"},
	} {
		if got := cli.Wrap(tt.text, tt.width); got != tt.want {
			t.Errorf("Wrap(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 steps", 1: "1 step", 2: "2 steps"} {
		if got := cli.Count(n, "step"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if a, b, c := cli.List([]string(nil)), cli.List([]string{"a", "b"}), cli.Join([]string{}); a != "none" || b != "a, b" || c != "" {
		t.Errorf("%q, %q, %q", a, b, c)
	}
}
