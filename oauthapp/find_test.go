package oauthapp_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Okta lists apps 20 at a time unless it is asked for more. Looking for one app among
// many whose labels begin alike takes a handful of requests, wherever it stands, and
// finds the app of exactly the label.
func TestFindAmongManyApps(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ apps, at, most int }{
		{0, -1, 1}, {0, 0, 1}, {19, 19, 1}, {21, 20, 1}, {199, 199, 2}, {200, -1, 2}, {201, 200, 2}, {450, -1, 4}, {450, 0, 4}, {450, 450, 4}, {1000, 500, 7},
	} {
		t.Run(fmt.Sprint(tt.apps, " at ", tt.at), func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, oktatest.Config{RateLimits: map[string]int{"apps": 0, "app": 0, "default": 0}})
			key, err := json.Marshal(testKey().Public())
			if err != nil {
				t.Fatal(err)
			}
			want := ""
			for i := range tt.apps + 1 {
				switch {
				case i == tt.at:
					want = s.sim.AddServiceApp(oktatest.ServiceApp{Label: label, Key: json.RawMessage(key)})
				case i < tt.apps:
					s.sim.AddServiceApp(oktatest.ServiceApp{Label: fmt.Sprint(label, " ", i)})
				}
			}
			s.sim.ResetRequests()
			found := ""
			if app := s.plan(desired(), nil).App; app != nil {
				found = app.ID
			}
			if found != want {
				t.Errorf("found %q, want %q", found, want)
			}
			n := 0
			for _, r := range s.sim.Requests() {
				if r.Method != "GET" || r.Path != "/api/v1/apps" {
					continue
				}
				if n++; !strings.Contains(strings.Join(r.Query, " "), "limit") {
					t.Errorf("a list of apps without a limit: %q", r.Query)
				}
			}
			if n == 0 || n > tt.most {
				t.Errorf("%d requests for apps, want at most %d", n, tt.most)
			}
		})
	}
}
