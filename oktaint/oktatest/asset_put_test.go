package oktatest_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// lastEvent is the newest event of the System Log.
func (c *caller) lastEvent() map[string]any {
	c.t.Helper()
	events := c.admin("GET", "/api/v1/logs?limit=1000", nil).want(c.t, 200).list(c.t)
	return events[len(events)-1]
}

// put is PutAsset for what must succeed.
func (c *caller) put(path string, change map[string]any) string {
	c.t.Helper()
	id, err := c.org.PutAsset(path, change)
	if err != nil {
		c.t.Fatal(err)
	}
	return id
}

// TestPutAsset adds, changes and removes a zone, and looks at the list, the object,
// the events and the state after each.
func TestPutAsset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		const zones = "/api/v1/zones"
		before, state := len(c.admin("GET", zones, nil).list(t)), c.org.State()
		time.Sleep(time.Minute)
		id := c.put(zones, map[string]any{"name": "Lab", "gateways": []map[string]string{{"type": "CIDR", "value": "192.0.2.0/24"}}})
		zone := c.admin("GET", zones+"/"+id, nil).want(t, 200)
		if zone.text(t, "name") != "Lab" || zone.text(t, "type") != "IP" || !strings.Contains(zone.body, "192.0.2.0/24") || !strings.Contains(zone.body, "/lifecycle/deactivate") {
			t.Errorf("the new zone is %s", zone.body)
		}
		if n := len(c.admin("GET", zones, nil).list(t)); n != before+1 {
			t.Errorf("%d zones, want %d", n, before+1)
		}
		c.wantEvent("zone.create", id, "Lab")
		if bytes.Equal(state, c.org.State()) || !bytes.Contains(c.org.State(), []byte(`"path":"/api/v1/zones/`+id+`"`)) {
			t.Error("the new zone is not in the state")
		}

		time.Sleep(time.Minute)
		if same := c.put(zones, map[string]any{"id": id, "status": "INACTIVE"}); same != id {
			t.Errorf("the changed zone is %s, not %s", same, id)
		}
		changed := c.admin("GET", zones+"/"+id, nil).want(t, 200)
		if changed.text(t, "status") != "INACTIVE" || changed.text(t, "name") != "Lab" || !strings.Contains(changed.body, "/lifecycle/activate") {
			t.Errorf("the changed zone is %s", changed.body)
		}
		if changed.text(t, "lastUpdated") <= zone.text(t, "lastUpdated") {
			t.Error("lastUpdated did not change")
		}
		c.wantEvent("zone.update", id, "Lab")

		if err := c.org.RemoveAsset(zones, id); err != nil {
			t.Fatal(err)
		}
		c.admin("GET", zones+"/"+id, nil).wantError(t, 404, "E0000007", "")
		c.wantEvent("zone.delete", id, "Lab")
		if !bytes.Contains(c.org.State(), []byte(`{"asset":null,"path":"/api/v1/zones/`+id+`"}`)) {
			t.Error("the state does not tell that the zone is gone")
		}
	})
}

// wantEvent fails the test unless the newest event is this one.
func (c *caller) wantEvent(kind, id, name string) {
	c.t.Helper()
	e := c.lastEvent()
	target := e["target"].([]any)[0].(map[string]any)
	if e["eventType"] != kind || target["id"] != id || target["displayName"] != name {
		c.t.Errorf("the newest event is %v about %v", e["eventType"], target)
	}
}

// TestPutAssetBelow adds what has something below it, and removes it again.
func TestPutAssetBelow(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	policy := c.put("/api/v1/policies", map[string]any{"type": "PASSWORD", "name": "Contractors"})
	rules := "/api/v1/policies/" + policy + "/rules"
	c.admin("GET", rules, nil).want(t, 200)
	rule := c.put(rules, map[string]any{"name": "Office"})
	if got := c.admin("GET", rules+"/"+rule, nil).want(t, 200); got.text(t, "type") != "PASSWORD" || got.text(t, "name") != "Office" {
		t.Errorf("a rule of a password policy is %s", got.body)
	}
	if err := c.org.RemoveAsset("/api/v1/policies", policy); err != nil {
		t.Fatal(err)
	}
	c.admin("GET", rules, nil).wantError(t, 404, "E0000007", "")
	c.admin("GET", rules+"/"+rule, nil).wantError(t, 404, "E0000007", "")
	if _, err := c.org.Assets(rules); err == nil {
		t.Error("there are rules of a policy that is gone")
	}

	made := c.put("/api/v1/meta/types/user", map[string]any{"name": "contractor", "displayName": "Contractor"})
	schema := "/api/v1/meta/schemas/user/osc" + strings.TrimPrefix(made, "oty")
	if got := c.admin("GET", schema, nil).want(t, 200); got.text(t, "title") != "Contractor" {
		t.Errorf("the schema of a new user type is %s", got.body)
	}
	lists, err := c.org.AssetLists("/api/v1/meta/schemas/user/{schemaId}")
	if err != nil || !slices.Contains(lists, schema) {
		t.Errorf("schemas: %v, %v", lists, err)
	}
}

// TestPutSingle changes what the org has once.
func TestPutSingle(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	const threats = "/api/v1/threats/configuration"
	c.put(threats, map[string]any{"action": "block"})
	if got := c.admin("GET", threats, nil).want(t, 200).text(t, "action"); got != "block" {
		t.Errorf("action = %s", got)
	}
	if e := c.lastEvent(); e["eventType"] != "security.threat.configuration.update" {
		t.Errorf("the newest event is %v", e["eventType"])
	}
	c.put("/api/v1/first-party-app-settings/admin-console", map[string]any{"sessionIdleTimeoutMinutes": 5})
	got, err := c.org.Assets("/api/v1/first-party-app-settings/admin-console")
	if err != nil || len(got) != 1 || got[0]["sessionIdleTimeoutMinutes"] != json.Number("5") {
		t.Errorf("admin console: %v, %v", got, err)
	}
	c.admin("GET", "/api/v1/first-party-app-settings/nothing", nil).wantError(t, 404, "E0000007", "")
}

// TestPutAssetErrors names what does not exist.
func TestPutAssetErrors(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	for _, path := range []string{"/api/v1/users", "/api/v1/zonesx", "/api/v1/policies/00p1/rules", ""} {
		if _, err := c.org.PutAsset(path, map[string]any{"name": "a"}); err == nil {
			t.Errorf("PutAsset %s: no error", path)
		}
		if _, err := c.org.Assets(path); err == nil {
			t.Errorf("Assets %s: no error", path)
		}
		if err := c.org.RemoveAsset(path, "x"); err == nil {
			t.Errorf("RemoveAsset %s: no error", path)
		}
	}
	for _, path := range []string{"/api/v1/devices?expand=x", "/api/v1/policies?type=x", "/api/v1/zones?filter=x", "/api/v1/zones?%"} {
		if _, err := c.org.Assets(path); err == nil {
			t.Errorf("Assets %s: no error", path)
		}
	}
	if err := c.org.RemoveAsset("/api/v1/zones", "nzo1"); err == nil {
		t.Error("a zone that does not exist was removed")
	}
	if _, err := c.org.PutAsset("/api/v1/authenticators/aut000000000000015d7/methods", map[string]any{"status": "ACTIVE"}); err == nil {
		t.Error("a method without a type was made")
	}
	if _, err := c.org.AssetLists("/api/v1/users"); err == nil {
		t.Error("users are assets")
	}
}

// TestAssetLag changes an asset in an org that shows changes late.
func TestAssetLag(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{Lag: oktatest.Lag{Lists: time.Minute, Objects: time.Minute}})
		const origins = "/api/v1/trustedOrigins"
		before := c.admin("GET", origins, nil).want(t, 200).body
		id := c.put(origins, map[string]any{"name": "Late"})
		if after := c.admin("GET", origins, nil).want(t, 200).body; after != before {
			t.Errorf("within the lag the list is %s", after)
		}
		c.admin("GET", origins+"/"+id, nil).wantError(t, 404, "E0000007", "")
		time.Sleep(time.Minute)
		c.admin("GET", origins+"/"+id, nil).want(t, 200)
		if err := c.org.RemoveAsset(origins, id); err != nil {
			t.Fatal(err)
		}
		c.admin("GET", origins+"/"+id, nil).want(t, 200)
		time.Sleep(time.Minute)
		c.admin("GET", origins+"/"+id, nil).wantError(t, 404, "E0000007", "")
	})
}

// TestSeedsAreTheSame makes two orgs, looks at the assets of one of them early and
// of the other one late.
func TestSeedsAreTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var texts []string
		for _, late := range []bool{false, true} {
			c := newCaller(t, oktatest.Config{Users: 4, Assets: 3})
			if !late {
				c.admin("GET", "/api/v1/zones", nil).want(t, 200)
			}
			c.org.AddUser(oktatest.User{})
			time.Sleep(time.Minute)
			var all []map[string]any
			for _, template := range oktatest.AssetPaths() {
				lists, err := c.org.AssetLists(template)
				if err != nil {
					t.Fatal(err)
				}
				for _, list := range lists {
					objects, err := c.org.Assets(list)
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, objects...)
				}
			}
			text, err := json.Marshal(all)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(text))
		}
		stamps := strings.NewReplacer("2000-01-01T00:01:00", "2000-01-01T00:00:00")
		if stamps.Replace(texts[0]) != stamps.Replace(texts[1]) {
			t.Errorf("the assets differ:\n%s\n%s", texts[0], texts[1])
		}
	})
}
