package oktatest_test

import (
	"crypto/elliptic"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// TestReadsStayWithinLag reads all there is, changes something of each kind, and
// reads it again: within the lag every answer is the same to the byte.
func TestReadsStayWithinLag(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{Lag: oktatest.Lag{All: time.Hour}, RateLimits: unlimited()})
		s := newSpread(t, c)
		read := func() []string {
			var all []string
			for _, path := range s.reads {
				a := c.admin("GET", path, nil)
				if a.status != 200 {
					t.Fatalf("GET %s: %d %s", path, a.status, a.body)
				}
				all = append(all, a.body)
			}
			return all
		}
		before := read()
		for _, w := range s.writes {
			if a := c.admin(w.method, w.path, w.body); a.status/100 != 2 {
				t.Fatalf("%s %s: %d %s", w.method, w.path, a.status, a.body)
			}
			for i, body := range read() {
				if body != before[i] {
					t.Errorf("after %s %s: GET %s shows\n%s\nand not\n%s", w.method, w.path, s.reads[i], body, before[i])
				}
			}
		}
		time.Sleep(time.Hour)
		for i, path := range s.reads {
			if a := c.admin("GET", path, nil); a.body == before[i] {
				t.Errorf("an hour after the changes GET %s shows nothing new", path)
			}
		}
	})
}

// spread is an org with something of each kind, what reads it, and what changes
// each part of it.
type spread struct {
	reads  []string
	writes []struct {
		method, path string
		body         any
	}
}

func (s *spread) write(method, path string, body any) {
	s.writes = append(s.writes, struct {
		method, path string
		body         any
	}{method, path, body})
}

func newSpread(t *testing.T, c *caller) *spread {
	t.Helper()
	s := &spread{}
	group := c.org.AddGroup(oktatest.Group{})
	user := c.org.AddUser(oktatest.User{
		Login: "ada@example.com", Factors: []string{"sms", "question"}, Clients: []string{"0oaclient"}, Groups: []string{group},
		Roles: []string{"HELP_DESK_ADMIN"},
	})
	other := c.org.AddUser(oktatest.User{})
	s.people(c, group, user, other)
	s.apps(t, c)
	s.admins(t, c, group, user, other)
	c.org.NewAPIToken()
	tokens := "/api/v1/api-tokens"
	token := c.admin("GET", tokens, nil).want(t, 200).list(t)[1]
	s.reads = append(s.reads, tokens, tokens+"/"+token["id"].(string))
	s.write("PUT", tokens+"/"+token["id"].(string), object{"name": "renamed", "userId": token["userId"]})
	return s
}

// people are users, groups and rules.
func (s *spread) people(c *caller, group, user, other string) {
	rule := rulesPath + "/" + c.org.AddRule(oktatest.Rule{Name: "r", Expression: `user.city=="Oslo"`, Groups: []string{group}, Exclude: []string{other}})
	owned := groupsPath + c.org.AddGroup(oktatest.Group{Owners: []string{user}})
	factors := ids(c.admin("GET", usersPath+user+"/factors", nil).list(c.t))
	question := usersPath + user + "/factors/" + factors[1]
	s.reads = append(s.reads,
		"/api/v1/users", usersPath+user, usersPath+"ada", usersPath+user+"/groups", usersPath+user+"/factors", question,
		usersPath+user+"/grants", usersPath+user+"/clients", usersPath+user+"/clients/0oaclient/tokens",
		"/api/v1/groups", groupsPath+group, groupsPath+group+"/users", groupsPath+group+"/owners", owned+"/owners", rulesPath, rule,
	)
	s.write("POST", usersPath+other, object{"profile": object{"city": "Oslo"}})
	s.write("PUT", question, object{"factorType": "question", "provider": "OKTA", "profile": object{"question": "first_award", "answer": "a medal"}})
	s.write("DELETE", usersPath+user+"/factors/"+factors[0], nil)
	s.write("DELETE", usersPath+user+"/grants", nil)
	s.write("DELETE", usersPath+user+"/clients/0oaclient/tokens", nil)
	s.write("PUT", groupsPath+group+"/users/"+other, nil)
	s.write("POST", groupsPath+group+"/owners", object{"id": other, "type": "USER"})
	s.write("DELETE", owned+"/owners/"+user, nil)
	s.write("POST", rule+"/lifecycle/deactivate", nil)
	s.write("PUT", rule, ruleBody("s", `user.city=="Bergen"`, []string{group}))
	s.write("PUT", groupsPath+group, object{"profile": object{"name": "renamed"}})
	s.write("DELETE", groupsPath+group+"/users/"+user, nil)
	s.write("POST", usersPath+user, object{"profile": object{"title": "Boss"}})
	s.write("POST", usersPath+user+"/lifecycle/suspend", nil)
}

// apps are apps and integrations with their keys, secrets and grants.
func (s *spread) apps(t *testing.T, c *caller) {
	t.Helper()
	app := c.org.AddServiceApp(oktatest.ServiceApp{Label: "Robot", Key: rsaJWK(t), Scopes: scopes.New(scopes.UsersRead)})
	path := "/api/v1/apps/" + app
	key := path + "/credentials/jwks/" + c.keyID(path)
	service := pathServices + "/" + c.org.InstallIntegration(oktatest.Integration{Scopes: scopes.New(scopes.UsersRead)})
	secrets := service + "/credentials/secrets"
	s.reads = append(s.reads, "/api/v1/apps", path, path+"/credentials/jwks", key, path+"/grants", secrets)
	s.write("POST", path+"/grants", object{"scopeId": "okta.groups.read", "issuer": c.org.URL()})
	s.write("POST", path+"/credentials/jwks", jwk(ecKey(t, elliptic.P256()), "k2"))
	s.write("POST", key+"/lifecycle/deactivate", nil)
	s.write("PUT", path, serviceApp("renamed", jwk(rsaKey(), "k1")))
	s.write("POST", path+"/lifecycle/deactivate", nil)
	s.write("POST", secrets, nil)
	first := ids(c.admin("GET", secrets, nil).want(t, 200).list(t))[0]
	s.write("POST", secrets+"/"+first+"/lifecycle/deactivate", nil)
}

// keyID returns the id of the only key of an app.
func (c *caller) keyID(app string) string {
	c.t.Helper()
	_, rest, _ := strings.Cut(c.admin("GET", app+"/credentials/jwks", nil).want(c.t, 200).body, `"id":"`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

// admins are roles of every kind.
func (s *spread) admins(t *testing.T, c *caller, group, user, other string) {
	t.Helper()
	c.org.AddServiceApp(oktatest.ServiceApp{Permissions: []string{"okta.users.read", "okta.groups.read"}})
	roles, sets := "/api/v1/iam/roles", "/api/v1/iam/resource-sets"
	custom := c.admin("GET", roles, nil).want(t, 200).items(t, "roles")[0]["id"].(string)
	set := sets + "/" + c.admin("GET", sets, nil).want(t, 200).items(t, "resource-sets")[0]["id"].(string)
	held := usersPath + user + "/roles/" + ids(c.admin("GET", usersPath+user+"/roles", nil).want(t, 200).list(t))[0]
	binding := set + "/bindings/" + custom
	permission := roles + "/" + custom + "/permissions/okta.users.read"
	s.reads = append(s.reads, roles, roles+"/"+custom, roles+"/"+custom+"/permissions", permission,
		sets, set, set+"/resources", set+"/bindings", binding+"/members",
		usersPath+user+"/roles", held, held+"/targets/groups", "/api/v1/iam/assignees/users",
	)
	s.write("PUT", permission, object{"conditions": object{"include": object{}}})
	s.write("POST", roles+"/"+custom+"/permissions/okta.apps.read", nil)
	s.write("DELETE", roles+"/"+custom+"/permissions/okta.groups.read", nil)
	s.write("PUT", roles+"/"+custom, object{"label": "renamed", "description": "d"})
	s.write("PATCH", set+"/resources", object{"additions": []string{c.org.URL() + "/api/v1/groups/" + group}})
	s.write("PATCH", binding+"/members", object{"additions": []string{c.org.URL() + usersPath + other}})
	s.write("PUT", set, object{"label": "renamed", "description": "d"})
	body := object{"label": "second", "description": "d", "permissions": []string{"okta.users.read"}}
	a := c.admin("POST", roles, body).want(t, 200)
	time.Sleep(time.Hour) // until it is shown
	s.write("DELETE", binding, nil)
	s.write("POST", set+"/bindings", object{"role": a.text(t, "id"), "members": []string{c.org.URL() + usersPath + other}})
	resource := c.admin("GET", set+"/resources", nil).want(t, 200).items(t, "resources")[0]["id"].(string)
	s.write("DELETE", set+"/resources/"+resource, nil)
	s.write("PUT", held+"/targets/groups/"+group, nil)
	s.write("POST", usersPath+user+"/roles", object{"type": "ORG_ADMIN"})
	slices.Sort(s.reads)
}
