package oktatest_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// assetPages reads a path as a collector does, following next links in headers
// and bodies, and returns the objects, or the one object of a path without a list.
func (c *caller) assetPages(authorization, path string) (objects []map[string]any, pages int) {
	c.t.Helper()
	for target := path; target != ""; pages++ {
		a := c.do("GET", target, authorization, nil).want(c.t, 200)
		target = c.nextPath(a)
		if strings.HasPrefix(a.body, "[") {
			objects = append(objects, a.list(c.t)...)
			continue
		}
		whole := a.json(c.t)
		list := heldList(whole)
		if list == nil {
			return []map[string]any{whole}, 1
		}
		for _, item := range *list {
			objects = append(objects, item.(map[string]any))
		}
	}
	return objects, pages
}

// heldList returns the list of a body that is an object, or nil: the only list
// beside links is it.
func heldList(whole map[string]any) *[]any {
	for _, name := range []string{"domains", "email-servers", "bundles", "entitlements", "entitlementValues", "data"} {
		if list, ok := whole[name].([]any); ok && len(whole) <= 2 {
			return &list
		}
	}
	return nil
}

// nextPath is the path of the next page, by the header or the body.
func (c *caller) nextPath(a answer) string {
	for _, link := range a.header.Values("Link") {
		if target, ok := strings.CutSuffix(link, `>; rel="next"`); ok {
			return strings.TrimPrefix(target, "<"+c.org.URL())
		}
	}
	var body struct {
		Links struct {
			Next struct {
				Href string `json:"href"`
			} `json:"next"`
		} `json:"_links"`
	}
	if strings.HasPrefix(a.body, "{") && json.Unmarshal([]byte(a.body), &body) == nil {
		return strings.TrimPrefix(body.Links.Next.Href, c.org.URL())
	}
	return ""
}

// readPaths are the paths to read for what the org has at one: of the policies,
// one for each type.
func (c *caller) readPaths(path string) []string {
	switch path {
	case "/api/v1/policies":
		var paths []string
		for _, name := range policyTypes {
			paths = append(paths, path+"?type="+name)
		}
		return paths
	case "/api/v1/principal-rate-limits":
		return []string{path + "?filter=" + `id%20pr`}
	}
	return []string{path}
}

var policyTypes = strings.Fields(`ACCESS_POLICY CLIENT_POLICY CLIENT_UPDATE DEVICE_SIGNAL_COLLECTION ENTITY_RISK IDENTITY_CLAIM_SOURCING
	IDP_DISCOVERY MFA_ENROLL OKTA_SIGN_ON PASSWORD POST_AUTH_SESSION PROFILE_ENROLLMENT SESSION_VIOLATION_DETECTION USER_IDENTIFICATION USER_LIFECYCLE`)

// byText counts objects by their whole text.
func byText(t testing.TB, objects []map[string]any) map[string]int {
	t.Helper()
	texts := map[string]int{}
	for _, o := range objects {
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		texts[string(text)]++
	}
	return texts
}

// wantAssets fails the test unless the org says that it has these objects at a path
// with its query.
func (c *caller) wantAssets(path string, read []map[string]any) {
	c.t.Helper()
	have, err := c.org.Assets(path)
	if err != nil {
		c.t.Fatal(err)
	}
	if !reflect.DeepEqual(byText(c.t, read), byText(c.t, have)) {
		c.t.Errorf("%s: read %v, the org has %v", path, read, have)
	}
}

// wantOneLong fails the test unless one list of a template has as many objects as
// the org was told to have, and the others have few.
func (c *caller) wantOneLong(template string, n int) {
	c.t.Helper()
	lists, err := c.org.AssetLists(template)
	if err != nil {
		c.t.Fatal(err)
	}
	long := 0
	for _, list := range lists {
		objects, err := c.org.Assets(list)
		if err != nil {
			c.t.Fatal(err)
		}
		switch {
		case len(objects) == n:
			long++
		case len(objects) > 3:
			c.t.Errorf("%s has %d objects", list, len(objects))
		}
	}
	if long != 1 {
		c.t.Errorf("%d lists of %s have %d objects", long, template, n)
	}
}

// emptyAssets are the lists that a new org has empty.
var emptyAssets = map[string]bool{
	"/api/v1/features/{featureId}/dependencies":                     true,
	"/api/v1/features/{featureId}/dependents":                       true,
	"/api/v1/authorizationServers/{authServerId}/associatedServers": true,
}

// TestAssets reads every list and object that the org has, in a small org and in
// one whose lists have several pages: what a Super Admin reads is what Assets says.
func TestAssets(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 60} {
		c := newCaller(t, oktatest.Config{RateLimits: unlimited(), Users: 5, Assets: n})
		owner := "SSWS " + c.org.APIToken()
		several := 0
		for _, template := range oktatest.AssetPaths() {
			paths, err := c.org.AssetLists(template)
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, path := range paths {
				want, err := c.org.Assets(path)
				if err != nil {
					t.Fatal(err)
				}
				found += len(want)
				var got []map[string]any
				for _, p := range c.readPaths(path) {
					objects, pages := c.assetPages(owner, p)
					got = append(got, objects...)
					several += pages - 1
					c.wantAssets(p, objects)
				}
				if !reflect.DeepEqual(byText(t, got), byText(t, want)) {
					t.Errorf("%s: read %v, the org has %v", path, got, want)
				}
			}
			if found == 0 && !emptyAssets[template] {
				t.Errorf("%s: a new org has none", template)
			}
		}
		if n > 0 {
			c.wantOneLong("/api/v1/policies/{policyId}/rules", n)
			c.wantOneLong("/api/v1/authorizationServers/{authServerId}/scopes", n)
		}
		if n > 0 && several < 5 {
			t.Errorf("%d lists of an org of %d assets have a second page", several, n)
		}
	}
}
