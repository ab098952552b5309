package oktatest_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestSubscriptions turns a notification of a role and of a user on and off.
func TestSubscriptions(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	me := c.admin("GET", "/api/v1/users/me", nil).want(t, 200).text(t, "id")
	custom := c.newRole("r", "okta.users.read")
	for _, path := range []string{"/api/v1/roles/HELP_DESK_ADMIN/subscriptions", "/api/v1/roles/" + custom + "/subscriptions", usersBase + me + "/subscriptions"} {
		list := c.admin("GET", path, nil).want(t, 200).list(t)
		if len(list) != 11 || list[0]["notificationType"] != "IWA_AGENT" || list[0]["status"] != "subscribed" {
			t.Errorf("%s: %v", path, list)
		}
		one := path + "/OKTA_UPDATE"
		for _, step := range []struct{ change, status, next string }{
			{"", "unsubscribed", "subscribe"}, {"subscribe", "subscribed", "unsubscribe"}, {"subscribe", "subscribed", "unsubscribe"}, {"unsubscribe", "unsubscribed", "subscribe"},
		} {
			if step.change != "" {
				if a := c.admin("POST", one+"/"+step.change, nil).want(t, 200); a.body != "" {
					t.Errorf("%s answers %s", step.change, a.body)
				}
			}
			a := c.admin("GET", one, nil).want(t, 200)
			if a.text(t, "status") != step.status || !strings.HasSuffix(a.text(t, "_links."+step.next+".href"), one+"/"+step.next) {
				t.Errorf("%s after %q: %s", one, step.change, a.body)
			}
		}
		c.admin("GET", path+"/OKTA_NONSENSE", nil).wantError(t, 404, "E0000007", "(NotificationType)")
	}
	if list := c.admin("GET", "/api/v1/logs?filter=eventType+eq+%22iam.role.subscriptions.update%22", nil).want(t, 200).list(t); len(list) != 6 {
		t.Errorf("%d events of roles, want 6", len(list))
	}
	c.admin("GET", "/api/v1/roles/KING/subscriptions", nil).wantError(t, 404, "E0000007", "(Role)")

	c.admin("POST", "/api/v1/roles/ORG_ADMIN/subscriptions/AD_AGENT/unsubscribe", nil).want(t, 200)
	if !strings.Contains(string(c.org.State()), `"subscriptions":["api/v1/roles/ORG_ADMIN AD_AGENT"]`) {
		t.Error("the state does not show the one subscription that is not as before")
	}

	// Those of a user are shown to this user alone, whatever the role.
	other := c.org.AddUser(oktatest.User{Roles: []string{"HELP_DESK_ADMIN"}})
	c.admin("GET", usersBase+other+"/subscriptions", nil).wantError(t, 403, "E0000006", "")
	app := c.serviceApp(oktatest.ServiceApp{Roles: []string{"SUPER_ADMIN"}}, "okta.users.read")
	c.do("GET", usersBase+me+"/subscriptions", app, nil).wantError(t, 403, "E0000006", "")
	c.do("GET", "/api/v1/roles/HELP_DESK_ADMIN/subscriptions", "SSWS "+c.org.NewAPIToken("READ_ONLY_ADMIN"), nil).wantError(t, 403, "E0000006", "")
}
