package oauthapp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
)

func TestDefaultJournalPath(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("HOME", config)
	t.Setenv("AppData", config)
	config, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("é", 100)
	for label, want := range map[string]string{
		"acme-visibility":        "acme-visibility",
		"Acme: a/b $x 100%":      "Acme%3A%20a%2Fb%20$x%20100%25",
		".":                      ".",
		"..":                     "..",
		"../../etc":              "..%2F..%2Fetc",
		`a\b`:                    "a%5Cb",
		strings.Repeat("x", 100): strings.Repeat("x", 100),
		long:                     strings.Repeat("%C3%A9", 22) + "%-f42ec48e",
	} {
		got, err := oauthapp.DefaultJournalPath("00o1ab", label)
		if err != nil {
			t.Errorf("%q: %v", label, err)
			continue
		}
		if !strings.HasPrefix(got, filepath.Join(config, "rezonate-okta", "00o1ab", want)) ||
			!strings.HasSuffix(got, ".json") || label != long && !strings.HasSuffix(got, want+".json") {
			t.Errorf("%q: %s, want %s.json", label, got, want)
		}
		if name := filepath.Base(got); len(name) > 240 || filepath.Dir(got) != filepath.Join(config, "rezonate-okta", "00o1ab") {
			t.Errorf("%q: %s has %d bytes", label, name, len(name))
		}
	}
	other, err := oauthapp.DefaultJournalPath("00o1ab", strings.Repeat("é", 99)+"è")
	if same, _ := oauthapp.DefaultJournalPath("00o1ab", long); err != nil || other == same {
		t.Errorf("two labels share %s (%v)", other, err)
	}
	for _, bad := range [][2]string{{"", "a"}, {"..", "a"}, {"00o/1", "a"}, {"00o1", ""}, {"00o1", " a"}} {
		if got, err := oauthapp.DefaultJournalPath(bad[0], bad[1]); err == nil {
			t.Errorf("%q: %s, want an error", bad, got)
		}
	}
}
