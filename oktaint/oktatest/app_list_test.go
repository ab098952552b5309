package oktatest_test

import (
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestAppList(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"apps": 0}})
	var ids []string
	for _, label := range []string{"Alpha", "alphabet", "Beta"} {
		ids = append(ids, c.admin("POST", "/api/v1/apps", serviceApp(label)).want(t, 200).text(t, "id"))
	}
	c.admin("POST", "/api/v1/apps/"+ids[1]+"/lifecycle/deactivate", nil).want(t, 200)
	builtIn := []string{"0oa000000000000005d1", "0oa000000000000005d2", "0oa000000000000005d3"}
	owner := c.admin("GET", "/api/v1/users/me", nil).want(t, 200).text(t, "id")
	kid := c.admin("GET", "/api/v1/apps/"+ids[0], nil).want(t, 200).text(t, "credentials.signing.kid")
	const all = `<https://acme.okta.com/api/v1/apps?`
	tests := []struct {
		query string
		want  []string
		links []string
	}{
		{"", slices.Concat(builtIn, ids), []string{all + `limit=20>; rel="self"`}},
		{"?q=ALPHA", ids[:2], []string{all + `limit=20&q=ALPHA>; rel="self"`}},
		{"?q=oidc", ids, []string{all + `limit=20&q=oidc>; rel="self"`}},
		{"?q=lpha", nil, []string{all + `limit=20&q=lpha>; rel="self"`}},
		{"?limit=2", builtIn[:2], []string{all + `limit=2>; rel="self"`, all + `after=` + builtIn[1] + `&limit=2>; rel="next"`}},
		{"?limit=2&after=" + builtIn[1], []string{builtIn[2], ids[0]}, []string{
			all + `after=` + builtIn[1] + `&limit=2>; rel="self"`, all + `after=` + ids[0] + `&limit=2>; rel="next"`,
		}},
		{"?limit=2&after=" + ids[0], ids[1:], []string{all + `after=` + ids[0] + `&limit=2>; rel="self"`}},
		{"?limit=1&q=a+b&filter=status+eq+%22ACTIVE%22", nil, []string{all + `limit=1&q=a+b&filter=status+eq+%22ACTIVE%22>; rel="self"`}},
		{"?filter=status+eq+%22INACTIVE%22", ids[1:2], []string{all + `limit=20&filter=status+eq+%22INACTIVE%22>; rel="self"`}},
		{"?filter=id+eq+%22" + ids[2] + "%22", ids[2:], []string{all + `limit=20&filter=id+eq+%22` + ids[2] + `%22>; rel="self"`}},
		{"?filter=credentials.signing.kid+eq+%22none%22", nil, []string{all + `limit=20&filter=credentials.signing.kid+eq+%22none%22>; rel="self"`}},
		{"?filter=credentials.signing.kid+eq+%22" + kid + "%22", slices.Concat(builtIn, ids), []string{all + `limit=20&filter=credentials.signing.kid+eq+%22` + kid + `%22>; rel="self"`}},
		{"?filter=settings.slo.enabled+eq+true", nil, []string{all + `limit=20&filter=settings.slo.enabled+eq+true>; rel="self"`}},
		{"?filter=settings.slo.enabled+eq+%22true%22", nil, []string{all + `limit=20&filter=settings.slo.enabled+eq+%22true%22>; rel="self"`}},
		{"?q=beta&filter=settings.slo.enabled+eq+false", ids[2:], []string{all + `limit=20&q=beta&filter=settings.slo.enabled+eq+false>; rel="self"`}},
		{"?filter=user.id+eq+%22" + owner + "%22", nil, []string{all + `limit=20&filter=user.id+eq+%22` + owner + `%22>; rel="self"`}},
		{"?filter=user.id+eq+%22" + owner + "%22&expand=user/" + owner, nil, []string{all + `limit=20&filter=user.id+eq+%22` + owner + `%22&expand=user%2F` + owner + `>; rel="self"`}},
		{"?filter=group.id+eq+%2200g1%22", nil, []string{all + `limit=20&filter=group.id+eq+%2200g1%22>; rel="self"`}},
		{"?filter=name+eq+%22bookmark%22", nil, []string{all + `limit=20&filter=name+eq+%22bookmark%22>; rel="self"`}},
	}
	for _, tt := range tests {
		a := c.admin("GET", "/api/v1/apps"+tt.query, nil).want(t, 200)
		var got []string
		for _, app := range a.list(t) {
			got = append(got, app["id"].(string))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: apps %v, want %v", tt.query, got, tt.want)
		}
		if links := a.header.Values("Link"); !slices.Equal(links, tt.links) {
			t.Errorf("%s: Link %q, want %q", tt.query, links, tt.links)
		}
	}
	for query, code := range map[string]string{
		"?limit=0": "E0000001", "?limit=201": "E0000001", "?limit=x": "E0000001", "?after=nonsense": "E0000029",
		"?filter=label+eq+%22x%22": "E0000031", "?filter=status+ne+%22x%22": "E0000031",
		"?limit=1&unknown=1": "E0000001", "?Limit=1": "E0000001",
		"?filter=settings.slo.enabled+eq+maybe": "E0000031", "?filter=status+eq+ACTIVE": "E0000031",
		"?expand=user/id,group/id": "E0000001", "?expand=user/" + owner: "E0000001", "?expand=groups": "E0000001",
		"?filter=user.id+eq+%22" + ids[0] + "%22&expand=user/" + owner: "E0000001",
		"?filter=status+eq+%22a%22+and+name+eq+%22b%22":                "E0000031",
	} {
		c.admin("GET", "/api/v1/apps"+query, nil).wantError(t, 400, code, "")
	}
}

// TestBuiltInApps asks for Okta's own apps, which only Super Admins see in full
// and which nobody can change.
func TestBuiltInApps(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	names := func(a answer) (found []string) {
		for _, app := range a.want(t, 200).list(t) {
			found = append(found, app["name"].(string))
		}
		return found
	}
	want := []string{"saasure", "okta_enduser", "okta_browser_plugin"}
	if got := names(c.admin("GET", "/api/v1/apps", nil)); !slices.Equal(got, want) {
		t.Errorf("apps = %v, want %v", got, want)
	}
	reader := "SSWS " + c.org.NewAPIToken("READ_ONLY_ADMIN")
	if got := names(c.do("GET", "/api/v1/apps", reader, nil)); !slices.Equal(got, want[2:]) {
		t.Errorf("apps for READ_ONLY_ADMIN = %v, want %v", got, want[2:])
	}
	bookmark := c.admin("POST", "/api/v1/apps", object{
		"name": "bookmark", "label": "b", "signOnMode": "BOOKMARK", "settings": object{"app": object{"url": "https://example.com"}},
	}).want(t, 200).text(t, "id")
	forOIDC := "SSWS " + c.org.NewAPIToken("API_ACCESS_MANAGEMENT_ADMIN")
	if got := names(c.do("GET", "/api/v1/apps", forOIDC, nil)); !slices.Equal(got, want[2:]) {
		t.Errorf("apps for API_ACCESS_MANAGEMENT_ADMIN = %v, want %v", got, want[2:])
	}
	c.do("GET", "/api/v1/apps/"+bookmark, forOIDC, nil).wantError(t, 404, "E0000007", "")
	c.do("GET", "/api/v1/apps/"+bookmark, reader, nil).want(t, 200)
	list := c.admin("GET", "/api/v1/apps", nil).list(t)
	console, plugin := "/api/v1/apps/"+list[0]["id"].(string), "/api/v1/apps/"+list[2]["id"].(string)
	c.do("GET", console, reader, nil).wantError(t, 404, "E0000007", "")
	c.do("GET", plugin, reader, nil).want(t, 200)
	before := string(c.org.State())
	c.admin("PUT", console, serviceApp("mine")).wantError(t, 403, "E0000006", "")
	c.admin("DELETE", console, nil).wantError(t, 403, "E0000006", "")
	c.admin("POST", console+"/lifecycle/deactivate", nil).wantError(t, 403, "E0000006", "")
	c.admin("GET", console+"/grants", nil).wantError(t, 400, "E0000001", "OAuth client")
	if string(c.org.State()) != before {
		t.Error("a refusal changed the org")
	}
}
