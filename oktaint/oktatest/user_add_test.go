package oktatest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestAddUserPanics shows what AddUser and its like do not accept.
func TestAddUserPanics(t *testing.T) {
	t.Parallel()
	org := oktatest.New(t, oktatest.Config{})
	id := org.AddUser(oktatest.User{Login: "ada@example.com"})
	locked := org.AddUser(oktatest.User{Status: "LOCKED_OUT"})
	for what, call := range map[string]func(){
		"status":      func() { org.AddUser(oktatest.User{Status: "HAPPY"}) },
		"provider":    func() { org.AddUser(oktatest.User{Provider: "NOBODY"}) },
		"factor":      func() { org.AddUser(oktatest.User{Factors: []string{"telepathy"}}) },
		"role":        func() { org.AddUser(oktatest.User{Roles: []string{"KING"}}) },
		"group":       func() { org.AddUser(oktatest.User{Groups: []string{"00gnone"}}) },
		"client":      func() { org.AddUser(oktatest.User{Clients: []string{""}}) },
		"sessions":    func() { org.AddUser(oktatest.User{Sessions: -1}) },
		"login":       func() { org.AddUser(oktatest.User{Login: "ADA@example.com"}) },
		"set status":  func() { org.SetUserStatus(id, "HAPPY") },
		"set whose":   func() { org.SetUserStatus("00unone", "ACTIVE") },
		"sign in":     func() { org.SignIn(locked) },
		"sign in who": func() { org.SignIn("00unone") },
		"sessions of": func() { org.Sessions("00unone") },
	} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.HasPrefix(text, "oktatest: ") {
					t.Errorf("%s: %s, want a panic of the package", what, text)
				}
			}()
			call()
		}()
	}
	// Nothing is left of them, and no lock is held.
	if got := strings.Count(string(org.State()), `"profile":{"email"`); got != 3 {
		t.Errorf("%d users, want 3", got)
	}
}
