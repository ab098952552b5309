package main

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// programs are those that run as processes of their own.
var programs = clitest.Build(".", "../fakeorg")

func TestMain(m *testing.M) { programs.Main(m) }

// An org is a simulated one on loopback.
type org struct{ *clitest.Org }

func serve(t testing.TB, cfg oktatest.Config) *org { return &org{clitest.Serve(t, cfg)} }

// app writes the credentials of a service app into a file, and returns the flags that
// use them.
func (o *org) app(t testing.TB, in oktatest.ServiceApp) []string {
	t.Helper()
	id := o.AddServiceApp(in)
	return []string{"--credentials", o.File(t, id+".json", string(o.Credentials(id))), "--ca-file", o.CA}
}

// collect runs the command with the owner's API token.
func (o *org) collect(t testing.TB, args ...string) clitest.Ran {
	t.Helper()
	return o.setup().Run(t, "collect", run, append(o.Flags(), args...)...)
}

func (o *org) setup() clitest.Setup {
	return clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": o.APIToken()}}
}

// out is a folder that is not there yet.
func (o *org) out() string { return filepath.Join(o.Dir, "out") }

// ids are the values of id that the org's own state has for a list, sorted.
func (o *org) ids(t testing.TB, list string) []string {
	t.Helper()
	var state map[string]json.RawMessage
	var items []struct{ ID string }
	for _, step := range []error{json.Unmarshal(o.State(), &state), json.Unmarshal(state[list], &items)} {
		if step != nil {
			t.Fatal(step)
		}
	}
	var all []string
	for _, item := range items {
		all = append(all, item.ID)
	}
	slices.Sort(all)
	return all
}

// read returns the objects of a folder by resource and key, without when they were
// collected. It fails the test if an object is there twice.
func read(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, name := range readManifest(t, dir).Files {
		for object, err := range inventory.Read(dir, name.Resource) {
			if err != nil {
				t.Fatal(err)
			}
			key := object.Resource + " " + object.Key()
			if _, twice := all[key]; twice {
				t.Errorf("%s is there twice", key)
			}
			all[key] = string(object.Object)
		}
	}
	return all
}

func readManifest(t testing.TB, dir string) (m manifest) {
	t.Helper()
	if err := json.Unmarshal([]byte(clitest.ReadFile(t, filepath.Join(dir, manifestName))), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// of returns the keys of a resource's objects, sorted.
func of(objects map[string]string, resource string) (keys []string) {
	for key := range maps.Keys(objects) {
		if rest, ok := strings.CutPrefix(key, resource+" /"); ok {
			keys = append(keys, rest)
		}
	}
	slices.Sort(keys)
	return keys
}

// files lists a folder, but for locks.
func files(t testing.TB, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".lock") {
			names = append(names, e.Name())
		}
	}
	return names
}

// count is how many requests had a path.
func count(o *org, path string) (n int) {
	for _, r := range o.Requests() {
		if r.Path == path {
			n++
		}
	}
	return n
}

// contextAfter returns a context that ends, as by Ctrl-C, once something has happened.
func contextAfter(t testing.TB, happened func() bool) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		clitest.Await(t, "nothing to interrupt", happened)
	}()
	return ctx, cancel
}
