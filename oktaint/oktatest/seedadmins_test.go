package oktatest_test

import (
	"bytes"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestSeedAdmins makes administrators of all kinds, the same in every org of the same
// numbers.
func TestSeedAdmins(t *testing.T) {
	t.Parallel()
	cfg := oktatest.Config{Users: 20, Admins: 12}
	c := newCaller(t, cfg)
	kinds, limited := map[string]int{}, 0
	admins := c.admin("GET", "/api/v1/iam/assignees/users", nil).want(t, 200).items(t, "value")
	for _, admin := range admins[1:] { // not the owner
		for _, a := range c.admin("GET", usersBase+admin["id"].(string)+"/roles"+everyTarget, nil).want(t, 200).list(t) {
			if a["type"] == "CUSTOM" {
				kinds["CUSTOM"]++
				continue
			}
			kinds[a["assignmentType"].(string)]++
			if groups, apps := embedded(t, a); len(groups)+len(apps) > 0 {
				limited++
			}
		}
	}
	if len(admins) != 13 || kinds["USER"] != 4 || kinds["GROUP"] != 4 || kinds["CUSTOM"] != 4 || limited != 4 {
		t.Errorf("%d admins, %v, %d limited", len(admins), kinds, limited)
	}
	if sets := c.admin("GET", setsPath, nil).want(t, 200).items(t, "resource-sets"); len(sets) != 4 {
		t.Errorf("resource sets = %v", sets)
	}
	synctest.Test(t, func(t *testing.T) { // where the time stands still
		if first, second := oktatest.New(t, cfg).State(), oktatest.New(t, cfg).State(); !bytes.Equal(first, second) {
			t.Error("two orgs of the same numbers differ")
		}
	})
}
