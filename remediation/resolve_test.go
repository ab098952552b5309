package remediation_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// TestResolveUser finds users of the simulated org by what people write.
func TestResolveUser(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	ids := make(map[string]string)
	for _, login := range []string{
		"mallory@example.com", "trudy@example.com", "o'neil+test@example.com", "50%off@example.com", `back\slash@example.com`, `quo"te@example.com`,
		"question?mark@example.com", "hash#sign@example.com", "semi;colon,comma@example.com", "jürgen@example.com", "dots..@example.com", "r&d=1:x@example.com", "%2e%2e@example.com",
	} {
		ids[login] = s.sim.AddUser(oktatest.User{Login: login})
	}
	ids["gone@example.com"] = s.sim.AddUser(oktatest.User{Login: "gone@example.com", Status: "DEPROVISIONED"})
	for login, id := range ids {
		want := remediation.Target{Type: remediation.TargetUser, ID: id, Name: login}
		for _, name := range []string{id, login, strings.ToUpper(login), "  " + login + "\r\n"} {
			got, err := remediation.ResolveUser(t.Context(), s.client, name)
			if err != nil || got != want {
				t.Errorf("%q is %+v, %v, want %+v", name, got, err, want)
			}
		}
	}
	for _, name := range []string{
		"mallory", "MALLORY", "mallory@", "mallory@example", "allory@example.com", "mallory@example.com.", "nobody@example.com", userID,
		ids["mallory@example.com"][:19], ".", "..", "...", "*", "null",
		ids["mallory@example.com"] + "/lifecycle", "../groups", "..%2fgroups",
	} {
		got, err := remediation.ResolveUser(t.Context(), s.client, name)
		if !errors.Is(err, remediation.ErrUnknownUser) || got != (remediation.Target{}) {
			t.Errorf("%q is %+v, %v, want %v", name, got, err, remediation.ErrUnknownUser)
			continue
		}
		wantRefusal(t, err, name)
	}
	for _, r := range s.sim.Requests() {
		if r.Method != http.MethodGet || r.Path != "/api/v1/users" && !strings.HasPrefix(r.Path, "/api/v1/users/") {
			t.Errorf("looking for users has sent %s %s", r.Method, r.Path)
		}
	}
}

// TestResolveUserSigns finds users whose logins hold any sign, at any place, in any case
// of letters, and nobody else whose login only begins or ends so.
func TestResolveUserSigns(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{RateLimits: map[string]int{"users": 0, "user": 0, "default": 0}})
	s.sim.AddUser(oktatest.User{Login: "test@example.com"})
	ids := make(map[string]string)
	add := func(login string) {
		if ids[login] == "" {
			ids[login] = s.sim.AddUser(oktatest.User{Login: login})
		}
	}
	for _, sign := range strings.Split("!\"#$%&'()*+,-.:;<=>?[\\]^_`{|}~äß日", "") {
		add("te" + sign + "st@example.com")
		add(sign + "test@example.com")
		add("test" + sign + "@example.com")
		add(sign + sign + sign + "@example.com")
	}
	for _, login := range []string{"test###x@example.com", "100%a@example.com", "%41@example.com", "%2F@example.com", "a%252Fb@example.com", "dana+x@example.com", "?limit=1&x=@example.com"} {
		add(login)
	}
	for login, id := range ids {
		for _, name := range []string{login, strings.ToUpper(login)} {
			if name == strings.ToUpper(login) && strings.ContainsAny(login, "ß") {
				continue // has no upper case of one letter
			}
			if got, err := remediation.ResolveUser(t.Context(), s.client, name); err != nil || got.ID != id || got.Name != login {
				t.Errorf("%q is %+v, %v, want %s", name, got, err, id)
			}
		}
		for _, part := range []string{strings.TrimSuffix(login, "@example.com"), login[:len(login)-1], "x" + login} {
			if got, err := remediation.ResolveUser(t.Context(), s.client, part); err == nil {
				t.Errorf("%q is %+v", part, got)
			}
		}
	}
}

// TestResolveUserOfAToken looks for users with a credential that may not.
func TestResolveUserOfAToken(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"mallory@example.com", "50%off@example.com"} {
		n := &directory{status: http.StatusForbidden, body: `{"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested action"}`}
		got, err := remediation.ResolveUser(t.Context(), oktaint.NewClient(acme(t), n), name)
		var e *oktaint.Error
		if !errors.As(err, &e) || e.StatusCode != http.StatusForbidden || !oktaint.Lacks(err, oktaint.LacksRole) || errors.Is(err, remediation.ErrUnknownUser) || got != (remediation.Target{}) {
			t.Errorf("%q is %+v, %v", name, got, err)
			continue
		}
		wantRefusal(t, err, name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := remediation.ResolveUser(ctx, oktaint.NewClient(acme(t), new(directory)), "mallory@example.com"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// TestResolveUserRefuses lists names that are not asked for.
func TestResolveUserRefuses(t *testing.T) {
	t.Parallel()
	c := oktaint.NewClient(acme(t), unreachable{t})
	for _, name := range []string{"", " \r\n", "me", " me ", strings.Repeat("a", 256)} {
		got, err := remediation.ResolveUser(t.Context(), c, name)
		wantRefusal(t, err, "give an id (00u...) or a login")
		if !errors.Is(err, remediation.ErrUnknownUser) || got != (remediation.Target{}) {
			t.Errorf("%q is %+v, %v", name, got, err)
		}
	}
}

// TestResolveUserAsks lists the exact requests for names, written by hand: what
// would have to be escaped in a path is a JSON text in a filter.
func TestResolveUserAsks(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		userID:                     "/api/v1/users/00u6eltha0nrSc47i0h7",
		"mallory@example.com":      "/api/v1/users/mallory@example.com",
		"a+b@example.com":          "/api/v1/users/a+b@example.com",
		"50%off@example.com":       "/api/v1/users?filter=profile.login+eq+%2250%25off%40example.com%22",
		`quo"te@example.com`:       "/api/v1/users?filter=profile.login+eq+%22quo%5C%22te%40example.com%22",
		`back\slash@example.com`:   "/api/v1/users?filter=profile.login+eq+%22back%5C%5Cslash%40example.com%22",
		"sl/ash@example.com":       "/api/v1/users?filter=profile.login+eq+%22sl%2Fash%40example.com%22",
		"jürgen@example.com":       "/api/v1/users?filter=profile.login+eq+%22j%C3%BCrgen%40example.com%22",
		"..":                       "/api/v1/users?filter=profile.login+eq+%22..%22",
		`x" or id pr or id eq "y`:  "/api/v1/users?filter=profile.login+eq+%22x%5C%22+or+id+pr+or+id+eq+%5C%22y%22",
		`x\" or id pr or id eq "y`: "/api/v1/users?filter=profile.login+eq+%22x%5C%5C%5C%22+or+id+pr+or+id+eq+%5C%22y%22",
		"x\nor id pr":              "/api/v1/users?filter=profile.login+eq+%22x%5Cnor+id+pr%22",
	} {
		d := new(directory)
		if _, err := remediation.ResolveUser(t.Context(), oktaint.NewClient(acme(t), d), name); !errors.Is(err, remediation.ErrUnknownUser) {
			t.Errorf("%q: %v", name, err)
		}
		if got := strings.Join(d.asked, " "); got != want {
			t.Errorf("%q asks for\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestResolveUserBelievesNobody looks for users in an org that answers with more
// than was asked for: with whose login begins so, or with everybody.
func TestResolveUserBelievesNobody(t *testing.T) {
	t.Parallel()
	d := &directory{users: map[string]string{
		"mallory@example.com": "00u1111111111111111d", "mal@example.com": "00u2222222222222222d", "y": "00u3333333333333333d",
		`quo"te@example.com`: "00u4444444444444444d", "sl/ash@example.com": "00u5555555555555555d", `"`: "00u6666666666666666d",
	}}
	c := oktaint.NewClient(acme(t), d)
	for login, id := range d.users {
		for _, name := range []string{login, strings.ToUpper(login), id} {
			if got, err := remediation.ResolveUser(t.Context(), c, name); err != nil || got.ID != id || got.Name != login {
				t.Errorf("%q is %+v, %v, want %s", name, got, err, id)
			}
		}
	}
	for _, name := range []string{
		"mallory", "mal", "m", `x" or id pr or profile.login eq "y`, `x" or profile.login eq "y" or id eq "`, `y" and id pr and id ne "`, `") or (id pr`, `\`, `\"`, `y\`, "y%22", "y\x00", "%",
		"00u1111111111111111D", "?limit=1", "y?expand=x", "y#", "y;", "../users/y", "y/..",
	} {
		got, err := remediation.ResolveUser(t.Context(), c, name)
		if !errors.Is(err, remediation.ErrUnknownUser) || got != (remediation.Target{}) {
			t.Errorf("%q is %+v, %v", name, got, err)
		}
	}
	d.twice = true
	if got, err := remediation.ResolveUser(t.Context(), c, `quo"te@example.com`); err == nil || !strings.Contains(err.Error(), "names more than one") || errors.Is(err, remediation.ErrUnknownUser) {
		t.Errorf("one of two: %+v, %v", got, err)
	}
}

// TestResolveUserOfNonsense looks for users in something that is no org.
func TestResolveUserOfNonsense(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `[]`, `{"id":null,"profile":null}`, `{"id":"mallory"}`, `{"id":"","profile":{"login":7}}`, `{"id":"00u1111111111111111d","profile":{"login":["mallory@example.com"]}}`} {
		for _, name := range []string{"mallory@example.com", "50%off@example.com"} {
			got, err := remediation.ResolveUser(t.Context(), oktaint.NewClient(acme(t), &directory{status: http.StatusOK, body: body}), name)
			wantRefusal(t, err, name)
			if got != (remediation.Target{}) {
				t.Errorf("%q is %+v, says %s", name, got, body)
			}
		}
	}
}

// A directory answers requests for users: by id, by the beginning of a login, and
// with everybody to any filter. Or it has one answer to everything.
type directory struct {
	users  map[string]string // ids by login
	twice  bool              // lists name everybody twice
	status int
	body   string

	asked []string
}

func (d *directory) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	d.asked = append(d.asked, r.URL.RequestURI())
	status, body := d.status, d.body
	if status == 0 {
		status, body = d.answer(strings.TrimPrefix(r.URL.EscapedPath(), "/api/v1/users"))
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

func (d *directory) answer(path string) (int, string) {
	type profile struct {
		Login string `json:"login"`
	}
	type user struct {
		ID      string  `json:"id"`
		Status  string  `json:"status"`
		Profile profile `json:"profile"`
	}
	all := []user{}
	name := strings.ToLower(strings.TrimPrefix(path, "/"))
	for login, id := range d.users {
		u := user{id, "ACTIVE", profile{login}}
		if path != "" && (strings.HasPrefix(login, name) || strings.EqualFold(id, name)) {
			text, _ := json.Marshal(u)
			return http.StatusOK, string(text)
		}
		all = append(all, u)
		if d.twice {
			all = append(all, u)
		}
	}
	if path != "" {
		return http.StatusNotFound, `{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: x (User)"}`
	}
	text, _ := json.Marshal(all)
	return http.StatusOK, string(text)
}
