package inventory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// overlap is how long before the last run a delta begins to look.
const overlap = 15 * time.Minute

// An answer is what an org answers to a path.
type answer struct {
	status int    // 0: 200
	body   string // of one page
	pages  []string
}

// A fakeOrg is an org by a table of answers. What is not in it is an empty list, or an
// empty object for a resource of one object.
type fakeOrg struct {
	answers map[string]answer                // by path, or path and query
	instead func(path string) (answer, bool) // of the table

	mu    sync.Mutex
	asked []string
	hook  func(n int) error // before each request
}

const fakeOrigin = "https://acme.okta.com"

// fakeRoles are the roles of the owner of the API token.
func fakeRoles(types ...string) answer {
	var list []string
	for i, t := range types {
		list = append(list, fmt.Sprintf(`{"id":"ra%d","type":%q,"status":"ACTIVE"}`, i, t))
	}
	return answer{body: "[" + strings.Join(list, ",") + "]"}
}

func newFakeOrg(answers map[string]answer) *fakeOrg {
	all := map[string]answer{
		"/api/v1/users/me":               {body: `{"id":"00u1","profile":{"login":"o@example.com"}}`},
		"/api/v1/users/00u1/roles":       fakeRoles("SUPER_ADMIN"),
		"/api/v1/authenticators":         {body: `[{"id":"aut1"}]`},
		"/api/v1/users":                  {body: `[{"id":"00u1"}]`},
		"/api/v1/groups":                 {body: `[{"id":"00g1","type":"BUILT_IN","profile":{"name":"Everyone"}}]`},
		"/api/v1/apps":                   {body: `[{"id":"0oa1"}]`},
		"/api/v1/policies":               {body: `[{"id":"00p1"}]`},
		"/api/v1/org":                    {body: `{"id":"00o1"}`},
		"/.well-known/okta-organization": {body: `{"id":"00o1","pipeline":"idx","_links":{"organization":{"href":"https://acme.okta.com"}}}`},
	}
	maps.Copy(all, answers)
	return &fakeOrg{answers: all}
}

func (f *fakeOrg) client(t *testing.T) *oktaint.Client {
	t.Helper()
	org, err := oktaint.ParseOrg(fakeOrigin)
	if err != nil {
		t.Fatal(err)
	}
	token, err := oktaint.ParseAPIToken("00" + strings.Repeat("t", 40))
	if err != nil {
		t.Fatal(err)
	}
	return oktaint.NewClient(oktaint.APIToken{Org: org, Token: token}, f)
}

// integration is a client with a client id and secret.
func (f *fakeOrg) integration(t *testing.T, asked scopes.Set) *oktaint.Client {
	t.Helper()
	org, err := oktaint.ParseOrg(fakeOrigin)
	if err != nil {
		t.Fatal(err)
	}
	return oktaint.NewClient(oktaint.ClientSecret{Org: org, ClientID: "0oa1", Secret: oktaint.NewSecret("s"), Scopes: asked}, f)
}

// everything has one object of all that something belongs to, with the id x1.
func everything() map[string]answer {
	one := answer{body: `[{"id":"x1"}]`}
	all := map[string]answer{
		"/api/v1/users/x1/roles":                   {body: "[]"},
		"/api/v1/groups":                           {body: `[{"id":"x1","_embedded":{"stats":{"usersCount":1,"appsCount":1,"hasAdminPrivilege":true}}}]`},
		"/api/v1/apps":                             {body: `[{"id":"x1","features":["GROUP_PUSH"],"credentials":{"oauthClient":{"token_endpoint_auth_method":"client_secret_post"}}}]`},
		"/oauth2/v1/clients":                       {body: `[{"client_id":"x1","application_type":"service"}]`},
		"/api/v1/meta/types/user":                  {body: `[{"id":"otyx","_links":{"schema":{"href":"https://acme.okta.com/api/v1/meta/schemas/user/x1"}}}]`},
		"/api/v1/iam/assignees/users":              {body: `{"value":[{"id":"x1"}],"_links":{}}`},
		"/api/v1/iam/roles":                        {body: `{"roles":[{"id":"x1"}],"_links":{}}`},
		"/api/v1/iam/resource-sets":                {body: `{"resource-sets":[{"id":"x1"}],"_links":{}}`},
		"/api/v1/iam/resource-sets/x1/bindings":    {body: `{"roles":[{"id":"x1"}],"_links":{}}`},
		"/api/v1/authorizationServers/x1/policies": one,
	}
	for _, path := range []string{"users", "policies", "authenticators", "idps", "authorizationServers", "brands"} {
		all["/api/v1/"+path] = one
	}
	return all
}

// requests are the paths and queries that were asked for, without those of WhoAmI.
func (f *fakeOrg) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.asked), func(s string) bool {
		return s == "/api/v1/users/me" || s == "/api/v1/users/00u1/roles"
	})
}

func (f *fakeOrg) RoundTrip(req *http.Request) (*http.Response, error) {
	asked := req.URL.Path
	if q, _ := url.QueryUnescape(req.URL.RawQuery); q != "" {
		asked += "?" + q
	}
	f.mu.Lock()
	f.asked = append(f.asked, asked)
	n, hook := len(f.asked), f.hook
	f.mu.Unlock()
	if hook != nil {
		if err := hook(n); err != nil {
			return nil, err
		}
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	a, ok := f.answers[asked]
	if !ok {
		a, ok = f.answers[req.URL.Path]
	}
	if !ok {
		a = answer{body: "[]"}
	}
	if f.instead != nil {
		if other, ok := f.instead(req.URL.Path); ok {
			a = other
		}
	}
	header := http.Header{"Content-Type": {"application/json"}, "Date": {time.Now().UTC().Format(http.TimeFormat)}}
	body := a.body
	if isLog := req.URL.Path == "/api/v1/logs"; isLog && a.status == 0 { // it has no last page
		body = logPage(req, header, a)
	} else if len(a.pages) > 0 {
		page := 0
		fmt.Sscan(req.URL.Query().Get("after"), &page)
		body = a.pages[page]
		if page+1 < len(a.pages) {
			q := req.URL.Query()
			q.Set("after", fmt.Sprint(page+1))
			header.Set("Link", fmt.Sprintf(`<%s%s?%s>; rel="next"`, fakeOrigin, req.URL.Path, q.Encode()))
		}
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return &http.Response{
		StatusCode: a.status, Status: http.StatusText(a.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}, nil
}

// logPage is a page of the System Log, and its link to the next one. Behind the last page
// is an empty one, which leads to itself.
func logPage(req *http.Request, header http.Header, a answer) (body string) {
	pages, page := a.pages, 0
	if len(pages) == 0 {
		pages = []string{a.body}
	}
	q := req.URL.Query()
	fmt.Sscan(q.Get("after"), &page)
	body = "[]"
	if page < len(pages) {
		body = pages[page]
	}
	q.Set("after", fmt.Sprint(min(page+1, len(pages))))
	header.Set("Link", fmt.Sprintf(`<%s%s?%s>; rel="next"`, fakeOrigin, req.URL.Path, q.Encode()))
	return body
}

// failure is an answer of Okta's that says no.
func failure(status int, code string) answer {
	return answer{status: status, body: fmt.Sprintf(`{"errorCode":%q,"errorSummary":"no","errorLink":%q,"errorId":"oae1","errorCauses":[]}`, code, code)}
}

// A memory is a Sink that keeps everything, as text: resource, parent and object.
type memory struct {
	mu       sync.Mutex
	lines    []string
	finished map[string]inventory.Row
}

func (m *memory) Put(_ context.Context, b inventory.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, item := range b.Items {
		m.lines = append(m.lines, b.Resource+" "+b.Parent+" "+string(item))
	}
	return nil
}

func (m *memory) Finish(_ context.Context, row inventory.Row) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.finished == nil {
		m.finished = make(map[string]inventory.Row)
	}
	m.finished[row.Resource] = row
	return nil
}

func (m *memory) Commit(context.Context) (string, error) { return "", nil }

func (m *memory) Restore(context.Context, string) error { return nil }

// of are the lines of some resources, sorted.
func (m *memory) of(resources ...string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []string
	for _, line := range m.lines {
		if name, _, _ := strings.Cut(line, " "); slices.Contains(resources, name) {
			list = append(list, line)
		}
	}
	slices.Sort(list)
	return list
}

// collected is what is in the files of a folder: every line without the time when it was
// collected, sorted.
func collected(t *testing.T, dir string) map[string][]string {
	t.Helper()
	all := make(map[string][]string)
	names, err := filepath.Glob(filepath.Join(dir, "*.ndjson*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".part") {
			t.Errorf("%s was left", name)
		}
		resource, _, _ := strings.Cut(filepath.Base(name), ".")
		lines := []string{}
		for o, err := range inventory.Read(dir, resource) {
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, o.Resource+" "+o.Parent+" "+string(o.Object))
		}
		slices.Sort(lines)
		all[resource] = lines
	}
	return all
}

func wantSame(t *testing.T, what string, got, want any) {
	t.Helper()
	a, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(want, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Errorf("%s: %s\nwant %s", what, a, b)
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
