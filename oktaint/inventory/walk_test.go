package inventory_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// own is what the simulated org has at a path, by its own word: without a request where
// it offers that, else as a Super Admin reads it.
func (s *simOrg) own(path string) []map[string]any {
	s.t.Helper()
	bare, _, _ := strings.Cut(path, "?")
	if list, err := s.sim.Objects(bare); err == nil {
		return list
	}
	if list, err := s.sim.Assets(path); err == nil {
		return list
	}
	var all []map[string]any
	for next := path; next != ""; {
		req := httptest.NewRequest(http.MethodGet, s.sim.URL()+next, nil)
		req.Header.Set("Authorization", "SSWS "+s.sim.APIToken())
		req.Header.Set("User-Agent", "test")
		rec := httptest.NewRecorder()
		s.sim.ServeHTTP(rec, req)
		if rec.Code != http.StatusOK {
			return all // a parent that has no such list
		}
		next = after(s.sim.URL(), rec.Header().Values("Link"))
		page, link := decoded(rec.Body.Bytes())
		if all = append(all, page...); next == "" {
			next = strings.TrimPrefix(link, s.sim.URL())
		}
	}
	return all
}

// after is the next page by Link headers.
func after(origin string, links []string) string {
	for _, link := range links {
		if target, ok := strings.CutSuffix(link, `>; rel="next"`); ok {
			return strings.TrimPrefix(target, "<"+origin)
		}
	}
	return ""
}

// decoded reads a list, an object with one list, or one object.
func decoded(body []byte) (list []map[string]any, next string) {
	if json.Unmarshal(body, &list) == nil {
		return list, ""
	}
	var object map[string]any
	if json.Unmarshal(body, &object) != nil {
		return nil, ""
	}
	if links, ok := object["_links"].(map[string]any); ok {
		if n, ok := links["next"].(map[string]any); ok {
			next, _ = n["href"].(string)
		}
	}
	for _, v := range object {
		if items, ok := v.([]any); ok && object["id"] == nil {
			for _, item := range items {
				list = append(list, item.(map[string]any))
			}
			return list, next
		}
	}
	return []map[string]any{object}, next
}

// wanted is what a resource has to be collected as: lines of its parent and the object.
func (s *simOrg) wanted(r *inventory.Resource) []string {
	s.t.Helper()
	lines := []string{}
	for chain := range s.parents(r) {
		var above []string
		if chain != "" {
			above = strings.Split(chain, "/")
		}
		for _, path := range paths(s.t, s.c.Org, r, above) {
			parent := chain
			if r.Name == "role-subscriptions" {
				parent = strings.Split(path, "/")[4]
			}
			for _, object := range s.own(path) {
				if r.Name == "app-connections" && object["status"] == "UNKNOWN" {
					continue // an app without provisioning, which is not asked
				}
				lines = append(lines, parent+" "+line(r, object))
			}
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// parents are what stands above the lists of a resource, each with its object.
func (s *simOrg) parents(r *inventory.Resource) map[string]map[string]any {
	s.t.Helper()
	if r.Parent == "" {
		return map[string]map[string]any{"": nil}
	}
	up, _ := inventory.Lookup(r.Parent)
	all := make(map[string]map[string]any)
	for chain := range s.parents(up) {
		var above []string
		if chain != "" {
			above = strings.Split(chain, "/")
		}
		for _, path := range paths(s.t, s.c.Org, up, above) {
			for _, object := range s.own(path) {
				id := fmt.Sprint(object[up.Key[0]])
				if r.Name == "user-schemas" {
					href := object["_links"].(map[string]any)["schema"].(map[string]any)["href"].(string)
					id = href[strings.LastIndexByte(href, '/')+1:]
				}
				if r.Name == "group-members" && object["type"] == "BUILT_IN" {
					continue // Everyone: they are the users
				}
				all[strings.TrimPrefix(chain+"/"+id, "/")] = object
			}
		}
	}
	return all
}

func paths(t *testing.T, org oktaint.Org, r *inventory.Resource, above []string) []string {
	t.Helper()
	requests, err := r.Requests(t.Context(), org, above...)
	must(t, err)
	var list []string
	for _, req := range requests {
		list = append(list, req.URL.RequestURI())
	}
	return list
}

// line is an object in one form, or its id alone if no more of it is kept.
func line(r *inventory.Resource, object map[string]any) string {
	if r.Name == "group-members" || r.Name == "group-apps" {
		object = map[string]any{"id": object["id"]}
	}
	text, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// canonical is a line as collected, with its members in order.
func canonical(t *testing.T, text string) string {
	t.Helper()
	_, rest, _ := strings.Cut(text, " ") // the resource
	parent, object, _ := strings.Cut(rest, " ")
	var v any
	must(t, json.NewDecoder(bytes.NewReader([]byte(object))).Decode(&v))
	b, err := json.Marshal(v)
	must(t, err)
	return parent + " " + string(b)
}

// Every resource that can be collected equals what the org itself has, object by object.
func TestCollectEqualsTheOrg(t *testing.T) {
	t.Parallel()
	s := newSimOrg(t, oktatest.Config{Users: 20_000 / scale, Groups: 1000 / scale, Apps: 300 / scale, Admins: 40, Assets: 30})
	var names []string
	perUser := []string{"factors", "user-"}
	for r := range inventory.Catalogue() {
		if r.Kind != inventory.Activity && !slices.ContainsFunc(perUser, func(p string) bool { return strings.HasPrefix(r.Name, p) && r.Tier == inventory.Named }) {
			names = append(names, r.Name)
		}
	}
	dir := t.TempDir()
	report, requests := s.collect(dir, inventory.Options{Resources: names})
	got := collected(t, dir)
	objects := 0
	for _, row := range report.Rows {
		r, _ := inventory.Lookup(row.Resource)
		if row.Status != inventory.Complete {
			t.Errorf("%s: %s: %s", row.Resource, row.Status, row.Why)
			continue
		}
		var have []string
		for _, text := range got[row.Resource] {
			have = append(have, canonical(t, text))
		}
		slices.Sort(have)
		want := s.wanted(r)
		if slices.Contains([]string{"app-client-secrets", "api-tokens"}, r.Name) { // the values are dropped; each use shows
			if len(have) != len(want) {
				t.Errorf("%s: %d objects, want %d", r.Name, len(have), len(want))
			}
			continue
		}
		if !slices.Equal(have, want) {
			t.Errorf("%s: %d objects, want %d: %s", row.Resource, len(have), len(want), firstDifference(have, want))
		}
		objects += len(have)
	}
	t.Logf("%d resources, %d objects, %d requests", len(report.Rows), objects, requests)
}

// Within the limits of an Enterprise org, of which half is for one client, collecting takes
// hardly longer than the busiest limit asks for, and meets no 429; a share of that half
// is kept to as well.
func TestCollectPace(t *testing.T) {
	t.Parallel()
	for _, share := range []float64{1, 0.4} {
		synctest.Test(t, func(t *testing.T) {
			sim := oktatest.New(t, oktatest.Config{Users: 20_000 / scale, Groups: 1000 / scale, Apps: 300 / scale, Latency: 20 * time.Millisecond})
			org, err := oktaint.ParseOrg(sim.URL())
			must(t, err)
			token, err := oktaint.ParseAPIToken(sim.APIToken())
			must(t, err)
			c := oktaint.NewClient(oktaint.APIToken{Org: org, Token: token}, sim.Transport())
			c.Transport().Share = share
			began := time.Now()
			report, err := inventory.Collect(t.Context(), c, new(memory), inventory.Options{})
			must(t, err)
			took := time.Since(began)
			if !report.OK() {
				t.Errorf("report: %+v", report.Groups(inventory.Refused, inventory.Failed))
			}
			least, busiest := leastTime(t, sim.Requests(), share)
			t.Logf("share %v: %d requests, %v; %s alone takes %v", share, len(sim.Requests()), took, busiest, least)
			most := least + least/20
			if scale > 1 { // too few requests for a limit to matter much
				most += time.Minute
			}
			if took > most {
				t.Errorf("share %v: %v, want within 5 %% of %v", share, took, least)
			}
		})
	}
}

// leastTime is how long the limit of the busiest bucket makes the requests take.
func leastTime(t *testing.T, requests []oktatest.Request, share float64) (least time.Duration, busiest string) {
	t.Helper()
	counts := make(map[string]int)
	for _, r := range requests {
		if r.Status == http.StatusTooManyRequests {
			t.Errorf("%s %s: 429", r.Method, r.Path)
		}
		counts[r.Bucket]++
	}
	limits := oktatest.DefaultRateLimits()
	for _, bucket := range slices.Sorted(maps.Keys(counts)) {
		if limits[bucket] == 0 {
			continue
		}
		windows := math.Ceil(float64(counts[bucket])/(float64(limits[bucket])*0.5*share)) - 1
		if d := time.Duration(windows) * time.Minute; d > least {
			least, busiest = d, bucket
		}
	}
	return least, busiest
}

// Collecting is quiet: one token request an hour, one more that is refused for the nonce of
// DPoP, and one for the proof where that had to be learned; no secret is read.
func TestCollectQuiet(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		dpop      bool // the app
		told      bool // the credentials say so
		challenge int
		failure   int
	}{{"bearer", false, false, 0, 0}, {"dpop", true, true, 1, 0}, {"dpop, learned", true, false, 1, 1}} {
		synctest.Test(t, func(t *testing.T) {
			sim := oktatest.New(t, oktatest.Config{Users: 200, Groups: 50, Apps: 100})
			all := scopes.Visibility.Union(scopes.VisibilityExtended)
			id := sim.AddServiceApp(oktatest.ServiceApp{Scopes: all, Roles: []string{"SUPER_ADMIN"}, DPoP: tt.dpop})
			creds, err := oktaint.ParseCredentials(sim.Credentials(id))
			must(t, err)
			creds.DPoP = tt.told
			c := oktaint.NewClient(creds, sim.Transport())
			c.Transport().Share = 0.05
			began := time.Now()
			report, err := inventory.Collect(t.Context(), c, new(memory), inventory.Options{Extended: true})
			must(t, err)
			if !report.OK() || report.Count(inventory.NotAsked) > 0 {
				t.Errorf("%s: %+v", tt.name, report.Groups(inventory.Refused, inventory.Failed, inventory.NotAsked))
			}
			hours := int(time.Since(began)/time.Hour) + 1
			got := tokenEvents(t, sim)
			t.Logf("%s: %v: %v", tt.name, time.Since(began), got)
			if hours < 2 {
				t.Errorf("%s: it took %v: that is no test of a token an hour", tt.name, time.Since(began))
			}
			if got["SUCCESS "] > hours || got["CHALLENGE use_dpop_nonce"] != tt.challenge || got["FAILURE invalid_dpop_proof"] != tt.failure || len(got) > 1+tt.challenge+tt.failure {
				t.Errorf("%s: in %d hours %v", tt.name, hours, got)
			}
			for _, r := range sim.Requests() {
				if strings.Contains(r.Path, "secret") {
					t.Errorf("%s: %s was read", tt.name, r.Path)
				}
			}
		})
	}
}

// tokenEvents counts the token requests in the System Log by how they ended.
func tokenEvents(t *testing.T, sim *oktatest.Org) map[string]int {
	t.Helper()
	counts := make(map[string]int)
	s := &simOrg{t: t, sim: sim}
	for _, e := range s.own("/api/v1/logs?since=2000-01-01T00:00:00.000Z&until=2000-01-02T00:00:00.000Z&limit=1000&filter=" + "eventType+eq+%22app.oauth2.token.grant%22") {
		outcome := e["outcome"].(map[string]any)
		reason, _ := outcome["reason"].(string)
		counts[fmt.Sprint(outcome["result"], " ", reason)]++
	}
	return counts
}

// READ_ONLY_ADMIN sees all core resources but these, and of apps a part; SUPER_ADMIN sees
// everything.
func TestCollectByRole(t *testing.T) {
	t.Parallel()
	all := scopes.Visibility.Union(scopes.VisibilityExtended)
	for role, partial := range map[string][]string{"READ_ONLY_ADMIN": {"apps"}, "SUPER_ADMIN": nil} {
		for _, extended := range []bool{false, true} {
			sim := oktatest.New(t, oktatest.Config{Users: 20, Groups: 5, Apps: 5, RateLimits: noLimits()})
			creds, err := oktaint.ParseCredentials(sim.Credentials(sim.AddServiceApp(oktatest.ServiceApp{Scopes: all, Roles: []string{role}})))
			must(t, err)
			report, err := inventory.Collect(t.Context(), oktaint.NewClient(creds, sim.Transport()), new(memory), inventory.Options{Extended: extended, Roles: []string{role}})
			must(t, err)
			var want []string
			for r := range inventory.Catalogue() {
				beyond := slices.Contains(beyond(), r.Name) && role == "READ_ONLY_ADMIN"
				if beyond && (r.Tier == inventory.Core || r.Tier == inventory.Extended && extended) {
					want = append(want, r.Name)
				}
			}
			wantSame(t, role+" does not see", resourcesOf(report, inventory.BeyondRole), want)
			wantSame(t, role+" sees in part", resourcesOf(report, inventory.Partial), partial)
			if !report.OK() || report.Count(inventory.NotAsked, inventory.NotLicensed) > 0 {
				t.Errorf("%s: %+v", role, report.Groups(inventory.Refused, inventory.Failed, inventory.NotAsked, inventory.NotLicensed))
			}
		}
	}
}

func resourcesOf(r *inventory.Report, s inventory.Status) []string {
	var names []string
	for _, row := range r.Rows {
		if row.Status == s {
			names = append(names, row.Resource)
		}
	}
	return names
}
