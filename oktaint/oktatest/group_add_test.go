package oktatest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestAddGroupRefuses shows what the Go API panics on.
func TestAddGroupRefuses(t *testing.T) {
	t.Parallel()
	org := oktatest.New(t, oktatest.Config{})
	for what, add := range map[string]func(){
		"type":        func() { org.AddGroup(oktatest.Group{Type: "TEAM"}) },
		"in use":      func() { org.AddGroup(oktatest.Group{Name: "Everyone"}) },
		"no user":     func() { org.AddGroup(oktatest.Group{Members: []string{"00unobody"}}) },
		"no user and": func() { org.AddGroup(oktatest.Group{Owners: []string{"00unobody"}}) },
		"role":        func() { org.AddGroup(oktatest.Group{Roles: []string{"KING"}}) },
		"a rule":      func() { org.AddRule(oktatest.Rule{Expression: "true"}) },
		"no OKTA":     func() { org.AddRule(oktatest.Rule{Expression: "true", Groups: []string{"00gnothing"}}) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, what) {
					t.Errorf("%s: panic %q", what, got)
				}
			}()
			add()
		}()
	}
}
