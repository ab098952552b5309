package oktatest_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestSeedsAreEqual compares two orgs of the same numbers, and with another.
func TestSeedsAreEqual(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		state := func(users, groups int) []byte {
			return oktatest.New(t, oktatest.Config{Users: users, Groups: groups}).State()
		}
		if !bytes.Equal(state(250, 12), state(250, 12)) {
			t.Error("two orgs with the same seeds differ")
		}
		if bytes.Equal(state(250, 12), state(250, 13)) {
			t.Error("another number of groups changes nothing")
		}
	})
}

func TestSeeds(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Users: 150, Groups: 10})
	statuses, departments := map[string]int{}, map[string]bool{}
	users := c.admin("GET", "/api/v1/users?search=id+pr", nil).want(t, 200).list(t)
	for _, user := range users[1:] { // the owner is the first
		statuses[user["status"].(string)]++
		departments[user["profile"].(object)["department"].(string)] = true
		groups := c.admin("GET", usersBase+user["id"].(string)+"/groups", nil).want(t, 200).list(t)
		if n := len(groups) - 1; n < 1 || n > 3 { // all are in Everyone
			t.Errorf("user %v is in %d groups", user["id"], n)
		}
	}
	if len(users) != 151 || len(statuses) != 8 || statuses["ACTIVE"] != 143 || len(departments) < 5 {
		t.Errorf("%d users, statuses %v, departments %v", len(users), statuses, departments)
	}
	if got := c.admin("GET", "/api/v1/groups", nil).want(t, 200).list(t); len(got) != 11 {
		t.Errorf("%d groups", len(got))
	}
}

// TestUserSeedsWithoutGroups shows that each number stands for itself.
func TestUserSeedsWithoutGroups(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Users: 3})
	if got := c.admin("GET", "/api/v1/users", nil).want(t, 200).list(t); len(got) != 4 {
		t.Errorf("users = %v", got)
	}
	if _, err := oktatest.NewOrg(oktatest.Config{Users: -1}); err == nil || !strings.Contains(err.Error(), "-1 users") {
		t.Errorf("err = %v", err)
	}
}

// TestLargeOrg shows that requests are answered in an org of 20,000 users.
func TestLargeOrg(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Users: 20000, Groups: 500, RateLimits: unlimited()})
	group := c.org.AddGroup(oktatest.Group{})
	c.org.AddRule(oktatest.Rule{Expression: `user.department=="Sales"`, Groups: []string{group}})
	began := time.Now()
	first := c.admin("GET", groupsPath+group+"/users?limit=200", nil).want(t, 200).list(t)
	for _, user := range ids(first) {
		c.admin("DELETE", groupsPath+group+"/users/"+user, nil).want(t, 204)
	}
	again := ids(c.admin("GET", groupsPath+group+"/users?limit=100", nil).want(t, 200).list(t))
	if !slices.Equal(again, ids(first)[100:]) {
		t.Error("the rule did not exclude the first 100 and add the others again")
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("200 changes took %v", took)
	}
}
