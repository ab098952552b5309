package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A folder belongs to one org, and to one run at a time.
func TestFolderOfAnother(t *testing.T) {
	t.Parallel()
	o, other := serve(t, oktatest.Config{}), serve(t, oktatest.Config{})
	o.collect(t, "--only", "org", "--out", o.out()).Check(t, cli.ExitDone)
	other.collect(t, "--only", "org", "--out", o.out()).Check(t, cli.ExitUsage, "holds what "+o.URL+" has: give another folder for "+other.URL)
	files, err := inventory.OpenFiles(o.out(), inventory.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	o.collect(t, "--only", "org", "--out", o.out()).Check(t, cli.ExitFailed, "another run is writing to "+o.out())
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"nonsense", `{"format":2}`} {
		if err := os.WriteFile(filepath.Join(o.out(), manifestName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o.collect(t, "--only", "org", "--out", o.out()).Check(t, cli.ExitUsage, "manifest.json is not one of this version")
	}
}

// A run that was broken off goes on, says so in the manifest until it is over, and
// begins anew if it is to write in another way.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	for _, again := range []string{"", "--gzip", "--raw"} {
		t.Run(again, func(t *testing.T) {
			t.Parallel()
			o := serve(t, oktatest.Config{Users: 900})
			args := []string{"--only", "users", "--out", o.out()}
			o.AddFault("GET /api/v1/users #4 stall")
			ctx, stop := contextAfter(t, func() bool { return count(o, "/api/v1/users") >= 4 })
			defer stop()
			setup := o.setup()
			setup.Context = ctx
			got := setup.Run(t, "collect", run, append(o.Flags(), args...)...)
			got.Check(t, cli.ExitInterrupted, "collect: interrupted: broken off; the same command goes on from here")
			if m := readManifest(t, o.out()); m.Unfinished == nil || m.Report != nil {
				t.Errorf("manifest %+v", m)
			}
			before, want := count(o, "/api/v1/users"), 2 // the page that was cut, and the one after it
			if again != "" {
				args, want = append(args, again), 5
			}
			got = o.collect(t, args...)
			got.Check(t, cli.ExitDone, "901 objects of 1 resource")
			if warned := strings.Contains(got.Stderr, "this one begins anew"); warned != (again != "") {
				t.Errorf("warned: %t\n%s", warned, got.Stderr)
			}
			if n := count(o, "/api/v1/users") - before; n > want+1 || n < want {
				t.Errorf("%d requests, want %d", n, want)
			}
			if m := readManifest(t, o.out()); m.Unfinished != nil || m.Report == nil {
				t.Errorf("manifest %+v", m)
			}
			for _, name := range files(t, o.out()) {
				if strings.HasSuffix(name, ".part") {
					t.Errorf("%s is left", name)
				}
			}
			if again == "--raw" {
				if n := strings.Count(clitest.ReadFile(t, filepath.Join(o.out(), "users.ndjson")), "\n"); n != 901 {
					t.Errorf("%d lines", n)
				}
			} else if n := len(of(read(t, o.out()), "users")); n != 901 {
				t.Errorf("%d users", n)
			}
		})
	}
}
