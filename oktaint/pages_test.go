package oktaint_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Both forms of Link headers lead through the whole list, with the query kept.
func TestList(t *testing.T) {
	t.Parallel()
	for name, link := range map[string]func(http.Header, string, string){"separate": separate, "joined": joined} {
		c := oktaint.NewClient(mustOrg(t, "acme"), pagesOf(4, link))
		got, err := collect[item](t, c, url.Values{"limit": {"2"}, "search": {`status eq "ACTIVE"`}}, "api", "v1", "users")
		if err != nil || len(got) != 10 || got[9].ID != "9" {
			t.Errorf("%s: %d items, %v", name, len(got), err)
		}
		raw, err := collect[json.RawMessage](t, c, nil, "api", "v1", "users")
		if err != nil || len(raw) != 10 || string(raw[3]) != `{"id":"3"}` {
			t.Errorf("%s: %d raw items, %v", name, len(raw), err)
		}
		for v, err := range oktaint.List[item](t.Context(), c, nil, "api", "v1", "users") { // breaking off is fine
			if err != nil || v.ID != "0" {
				t.Errorf("first item %v, %v", v, err)
			}
			break
		}
	}
}

// Raw objects come as the org wrote them, from an array and from the one array of an
// object; those with line breaks are compacted.
func TestListRaw(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		`[]`:                                nil,
		`[{"id": "1"},{"a":[ "\u0041" ]} ]`: {`{"id": "1"}`, `{"a":[ "\u0041" ]}`},
		"[\n  {\n    \"id\": \"1\"\r\n  },\n  null\n]\n":                   {`{"id":"1"}`, `null`},
		`{"roles":[{"id":"1"},{"id":"2"}],"_links":{"self":{"href":"x"}}}`: {`{"id":"1"}`, `{"id":"2"}`},
		"{\n\"roles\": [\n{\n\"id\":\"1\"}]}":                              {`{"id":"1"}`},
	} {
		c := oktaint.NewClient(mustOrg(t, "acme"), &script{steps: []func(*http.Request) (*http.Response, error){status(200, body)}})
		raw, err := collect[json.RawMessage](t, c, nil, "api", "v1", "users")
		var got []string
		for _, object := range raw {
			got = append(got, string(object))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v; want %q", body, got, err, want)
		}
	}
}

// What is wrong with an answer is said in the same words, whether its objects are
// decoded or not.
func TestListRawRefuses(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		`null`: "null, not a list", `{"id":"1"}`: "an object, not a list", `{"a":[],"b":[]}`: "an object, not a list", `{"errorCode":"E0000001","errorCauses":[]}`: "E0000001",
		`[{"id":"1"},{"i`: "ends early", `{"roles":[{"id":`: "ends early", `[{"id":"1"}]]`: "after top-level value", `[{"id":01}]`: "not the JSON that was expected", `"a"`: "not the JSON that was expected",
		`<html>`: "web page", ``: "ends early", strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001): "not the JSON that was expected",
	} {
		answer := status(200, body)
		c := oktaint.NewClient(mustOrg(t, "acme"), &script{steps: []func(*http.Request) (*http.Response, error){answer, answer}})
		_, decoded := collect[any](t, c, nil, "api", "v1", "users")
		raw, err := collect[json.RawMessage](t, c, nil, "api", "v1", "users")
		if err == nil || !strings.Contains(err.Error(), says) || decoded == nil || strings.ReplaceAll(decoded.Error(), "interface {}", "json.RawMessage") != err.Error() || raw != nil {
			t.Errorf("%.40q: %d objects, %v; decoded: %v", body, len(raw), err, decoded)
		}
	}
}

// A list goes on from a stored cursor, without a gap or a repetition.
func TestPagesResume(t *testing.T) {
	t.Parallel()
	c := oktaint.NewClient(mustOrg(t, "acme"), pagesOf(4, separate))
	var cursor oktaint.Cursor
	var got []string
	for range 5 { // each time as if restarted
		for page, err := range oktaint.Pages[item](t.Context(), c, cursor, url.Values{"limit": {"2"}}, "api", "v1", "users") {
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page.Items {
				got = append(got, v.ID)
			}
			cursor = page.Next
			break
		}
	}
	if want := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}; !slices.Equal(got, want) || cursor != "" {
		t.Errorf("got %v, cursor %q", got, cursor)
	}
	for _, bad := range []oktaint.Cursor{"https://evil.example.com/api/v1/users?after=1", "//evil.example.com/api/v1/users", "/api/v1/apps?after=1", "%zz", "users"} {
		for _, err := range oktaint.Pages[item](t.Context(), c, bad, nil, "api", "v1", "users") {
			if err == nil {
				t.Errorf("cursor %q was followed", bad)
			}
			break
		}
	}
}

// A list that is not complete ends with exactly one error.
func TestListNeverSilent(t *testing.T) {
	t.Parallel()
	next := func(target string) []string { return []string{"Link", "<" + target + `>; rel="next"`} }
	page2 := next("https://acme.okta.com/api/v1/users?after=1")
	ok := status(200, `[{"id":"1"}]`, page2...)
	for name, steps := range map[string][]func(*http.Request) (*http.Response, error){
		"500 for ever on page 2":   {ok, status(500, "")},
		"403 on page 2":            {ok, apiError(403, "E0000006")},
		"HTML on page 2":           {ok, status(200, "<html>sign in</html>", "Content-Type", "text/html")},
		"an object":                {ok, status(200, `{"users":{}}`)},
		"an object with two lists": {ok, status(200, `{"a":[],"b":[]}`)},
		"an error with 200":        {ok, status(200, `{"errorCode":"E1","errorCauses":[]}`)},
		"null":                     {ok, status(200, `null`)},
		"empty":                    {ok, status(200, ``)},
		"ends early":               {ok, status(200, `[{"id":"1"}`)},
		"the same page again":      {ok, status(200, `[{"id":"1"}]`, page2...)},
		"a cycle":                  {ok, status(200, `[]`, next("https://acme.okta.com/api/v1/users?after=2")...), status(200, `[]`, page2...), status(200, `[]`, next("https://acme.okta.com/api/v1/users?after=2")...), status(200, `[]`, page2...), status(200, `[]`, next("https://acme.okta.com/api/v1/users?after=2")...), status(200, `[]`, page2...), status(200, `[]`, next("https://acme.okta.com/api/v1/users?after=2")...), status(200, `[]`, page2...)},
		"another endpoint":         {ok, status(200, `[]`, next("https://acme.okta.com/api/v1/apps?after=2")...)},
		"another host":             {ok, status(200, `[]`, next("https://acme.okta.com.evil.example/api/v1/users?after=2")...)},
		"not a URL":                {ok, status(200, `[]`, next("https://acme.okta.com/%zz")...)},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{steps: steps}
			errs, after := 0, 0
			for _, err := range oktaint.List[item](t.Context(), oktaint.NewClient(mustOrg(t, "acme"), s), nil, "api", "v1", "users") {
				if errs > 0 {
					after++
				}
				if err != nil {
					errs++
					if !strings.HasPrefix(err.Error(), "oktaint: ") {
						t.Errorf("%s: error %q", name, err)
					}
				}
			}
			if errs != 1 || after != 0 || len(s.sent) > 9 {
				t.Errorf("%s: %d errors, %d items after it, %d requests", name, errs, after, len(s.sent))
			}
		})
	}
}

// A cut page is asked for again before anything of it is seen.
func TestListCutPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func(*http.Request) (*http.Response, error){cut, status(200, `[{"id":"1"}]`)}}
		got, err := collect[item](t, oktaint.NewClient(mustOrg(t, "acme"), s), nil, "api", "v1", "users")
		if err != nil || len(got) != 1 {
			t.Errorf("%v, %v", got, err)
		}
	})
}

// A list that grows, such as the System Log, names itself on an empty page: the
// list ends, and the cursor can be stored.
func TestPagesCaughtUp(t *testing.T) {
	t.Parallel()
	self := "https://acme.okta.com/api/v1/logs?after=9&limit=1000"
	s := &script{steps: []func(*http.Request) (*http.Response, error){
		status(200, `[{"id":"1"}]`, "Link", "<"+self+`>; rel="next"`),
		status(200, `[]`, "Link", "<"+self+`>; rel="next"`),
	}}
	var last oktaint.Page[item]
	n := 0
	for page, err := range oktaint.Pages[item](t.Context(), oktaint.NewClient(mustOrg(t, "acme"), s), "", nil, "api", "v1", "logs") {
		if err != nil {
			t.Fatal(err)
		}
		last, n = page, n+1
	}
	if n != 2 || last.Next != "/api/v1/logs?after=9&limit=1000" {
		t.Errorf("%d pages, cursor %q", n, last.Next)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// The next page is on its way while one is used, from the second on.
func TestPagesAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const latency, work = 50 * time.Millisecond, 10 * time.Millisecond
		pages := pagesOf(99, separate)
		slow := roundTripper(func(req *http.Request) (*http.Response, error) {
			<-time.After(latency)
			return pages(req)
		})
		start, n := time.Now(), 0
		for _, err := range oktaint.Pages[item](t.Context(), oktaint.NewClient(mustOrg(t, "acme"), slow), "", nil, "api", "v1", "users") {
			if err != nil {
				t.Fatal(err)
			}
			n++
			<-time.After(work)
		}
		if d := time.Since(start); n != 100 || d > 100*latency*102/100 {
			t.Errorf("%d pages in %v, want 100 in at most %v", n, d, 100*latency*102/100)
		}
		// No goroutine is left when the caller has had enough.
		for _, err := range oktaint.Pages[item](t.Context(), oktaint.NewClient(mustOrg(t, "acme"), slow), "", nil, "api", "v1", "users") {
			if n++; n > 103 || err != nil {
				break
			}
		}
	})
}

// A 500 halves the limit, for this page and those that follow.
func TestPagesHalved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pages, limits := pagesOf(4, separate), []string(nil)
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			limit := req.URL.Query().Get("limit")
			limits = append(limits, limit)
			if n, _ := strconv.Atoi(limit); n > 60 && req.URL.Query().Get("after") != "" {
				return respond(req, 500, `{"errorCode":"E0000009"}`), nil
			}
			return pages(req)
		})
		got, err := collect[item](t, oktaint.NewClient(mustOrg(t, "acme"), base), url.Values{"limit": {"200"}}, "api", "v1", "users")
		if err != nil || len(got) != 10 {
			t.Errorf("%d items, %v", len(got), err)
		}
		if want := []string{"200", "200", "100", "50", "50", "50", "50"}; !slices.Equal(limits, want) {
			t.Errorf("limits %v, want %v", limits, want)
		}
	})
}

// A page that takes the org too long is asked for in halves at once, by 500 and by 504,
// before anything is retried. At the floor, or where the request names no limit, it is
// retried. A filter that the org cannot read is not.
func TestPagesTooSlow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		answer func(limit int, n int) (status int, code string) // 0: a good page
		limit  string
		limits []string // asked for
		took   time.Duration
		err    int
	}{
		{"500", func(limit, _ int) (int, string) { return map[bool]int{true: 500}[limit > 60], "E0000009" }, "200", []string{"200", "100", "50"}, 0, 0},
		{"504", func(limit, _ int) (int, string) { return map[bool]int{true: 504}[limit > 60], "" }, "200", []string{"200", "100", "50"}, 0, 0},
		{"at the floor", func(_, n int) (int, string) { return map[bool]int{true: 500}[n < 6], "E0000009" }, "50", []string{"50", "25", "20", "20", "20", "20"}, 10 * time.Second, 0},
		{"at the floor for ever", func(int, int) (int, string) { return 500, "E0000009" }, "30", []string{"30", "20", "20", "20", "20"}, 10 * time.Second, 500},
		{"no limit", func(_, n int) (int, string) { return map[bool]int{true: 500}[n < 3], "E0000009" }, "", []string{"", "", ""}, 10 * time.Second, 0},
		{"a filter", func(int, int) (int, string) { return 500, "E0000053" }, "200", []string{"200"}, 0, 500},
		{"503", func(_, n int) (int, string) { return map[bool]int{true: 503}[n < 2], "" }, "200", []string{"200", "200"}, 10 * time.Second, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			var limits []string
			base := roundTripper(func(req *http.Request) (*http.Response, error) {
				limits = append(limits, req.URL.Query().Get("limit"))
				n, _ := strconv.Atoi(limits[len(limits)-1])
				if status, code := tt.answer(n, len(limits)); status != 0 {
					return respond(req, status, `{"errorCode":"`+code+`"}`), nil
				}
				return respond(req, 200, `[{"id":"1"}]`), nil
			})
			q := url.Values{}
			if tt.limit != "" {
				q.Set("limit", tt.limit)
			}
			start := time.Now()
			got, err := collect[item](t, oktaint.NewClient(mustOrg(t, "acme"), base), q, "api", "v1", "users")
			var e *oktaint.Error
			if errors.As(err, &e) != (tt.err != 0) || tt.err != 0 && e.StatusCode != tt.err || tt.err == 0 && len(got) != 1 {
				t.Errorf("%s: %d items, %v", tt.name, len(got), err)
			}
			if d := time.Since(start); !slices.Equal(limits, tt.limits) || d > tt.took || (d > 0) != (tt.took > 0) {
				t.Errorf("%s: limits %q after %v, want %q", tt.name, limits, d, tt.limits)
			}
		})
	}
}

// A list of an existing request is sent as it is, page by page.
func TestListRequest(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	var sent []string
	pages := pagesOf(2, separate)
	c := oktaint.NewClient(org, roundTripper(func(req *http.Request) (*http.Response, error) {
		sent = append(sent, req.Header.Get("X-Mark")+" "+req.URL.RequestURI())
		return pages(req)
	}))
	req, err := org.NewRequest(t.Context(), http.MethodGet, url.Values{"limit": {"5"}}, nil, "api", "v1", "users")
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Mark", "mine")
	before := req.URL.String()
	for range 2 { // the request is not changed by the first
		sent = nil
		n := 0
		for _, err := range oktaint.ListRequest[item](c, req) {
			if n++; err != nil {
				t.Fatal(err)
			}
		}
		if len(sent) != 3 || !strings.HasPrefix(sent[2], "mine /api/v1/users?") || req.URL.String() != before {
			t.Errorf("sent %q; the request is %s", sent, req.URL)
		}
	}
	sent = nil
	for page, err := range oktaint.PagesRequest[item](c, "/api/v1/users?after=1", req) {
		if err != nil || len(page.Items) == 0 {
			t.Errorf("%+v, %v", page, err)
		}
	}
	if len(sent) != 2 || sent[0] != "mine /api/v1/users?after=1" {
		t.Errorf("from a cursor: %q", sent)
	}
}

// A base that panics under a page that is fetched ahead ends the list, not the process,
// and so does a callback.
func TestPagesPanic(t *testing.T) {
	t.Parallel()
	pages := pagesOf(5, separate)
	for name, tt := range map[string]struct {
		base     func(n int)
		callback func(n int)
	}{
		"base":     {func(n int) { panicAt(n, 3) }, func(int) {}},
		"callback": {func(int) {}, func(n int) { panicAt(n, 3) }},
	} {
		n, attempts := 0, 0
		tr := oktaint.NewClient(mustOrg(t, "acme"), roundTripper(func(req *http.Request) (*http.Response, error) {
			n++
			tt.base(n)
			return pages(req)
		})).Transport()
		tr.OnAttempt = func(oktaint.Attempt) { attempts++; tt.callback(attempts) }
		got, err := collect[item](t, tr.Client(), nil, "api", "v1", "users")
		if err == nil || !strings.Contains(err.Error(), "panicked: out of order") || len(got) == 0 {
			t.Errorf("%s: %d items, %v", name, len(got), err)
		}
	}
}

func panicAt(n, at int) {
	if n == at {
		panic("out of order")
	}
}

// A list whose cursors are always new goes on until the caller has had enough.
// It takes no more memory for that, and no goroutine.
func TestEndlessList(t *testing.T) {
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		if err := req.Context().Err(); err != nil {
			return nil, err
		}
		var n int
		fmt.Sscan(req.URL.Query().Get("after"), &n)
		return respond(req, 200, `[{"id":"1"}]`, "Link", fmt.Sprintf(`<https://acme.okta.com/api/v1/users?after=%d>; rel="next"`, n+1)), nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var early, late uint64
	n, goroutines := 0, runtime.NumGoroutine()
	for _, err := range oktaint.Pages[item](ctx, clientOver(base), "", url.Values{"limit": {"1"}}, "api", "v1", "users") {
		if err != nil {
			if n < 10_000 || ctx.Err() == nil {
				t.Errorf("page %d: %v", n, err)
			}
			break
		}
		switch n++; n {
		case 1000:
			early = heap()
		case 10_000:
			late = heap()
			if g := runtime.NumGoroutine(); g > goroutines+1 {
				t.Errorf("%d goroutines, %d before", g, goroutines)
			}
			cancel()
		}
	}
	if late > early+64<<10 {
		t.Errorf("9,000 pages kept %d bytes", late-early)
	}
}

// If a consumer stops, the page that is fetched ahead ends at once, with its goroutine:
// the bubble would not end otherwise.
func TestPagesLeft(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(context.CancelFunc) bool{
		"break":  func(context.CancelFunc) bool { return true },
		"cancel": func(cancel context.CancelFunc) bool { cancel(); return false },
		"panic":  func(context.CancelFunc) bool { panic("enough") },
	} {
		synctest.Test(t, func(t *testing.T) {
			var ended atomic.Int32
			pages := pagesOf(99, separate)
			base := roundTripper(func(req *http.Request) (*http.Response, error) {
				if req.URL.Query().Get("after") == "2" {
					<-req.Context().Done()
					ended.Add(1)
					return nil, req.Context().Err()
				}
				return pages(req)
			})
			start, n := time.Now(), 0
			func() {
				defer func() { _ = recover() }()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				for _, err := range oktaint.Pages[item](ctx, clientOver(base), "", nil, "api", "v1", "users") {
					if err != nil {
						break
					}
					if n++; n == 2 {
						synctest.Wait() // the third is on its way
						if leave(cancel) {
							break
						}
					}
				}
			}()
			if n != 2 || ended.Load() != 1 || time.Since(start) != 0 {
				t.Errorf("%s: %d pages, %d requests ended, %v", name, n, ended.Load(), time.Since(start))
			}
		})
	}
}

// A list that has caught up is known by its query, whatever its order, also after
// the limit was halved.
func TestCaughtUpAfterHalving(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			limit := req.URL.Query().Get("limit")
			if limit == "1000" {
				return respond(req, 500, ""), nil
			}
			return respond(req, 200, "[]", "Link", `<https://acme.okta.com/api/v1/logs?since=2026-01-01&limit=`+limit+`&after=c1>; rel="next"`), nil
		})
		n := 0
		for page, err := range oktaint.Pages[item](t.Context(), oktaint.NewClient(mustOrg(t, "acme"), base), "", url.Values{"limit": {"1000"}, "since": {"2026-01-01"}}, "api", "v1", "logs") {
			if err != nil {
				t.Fatal(err)
			}
			if n++; page.Next == "" {
				t.Error("no cursor")
			}
		}
		if n != 2 {
			t.Errorf("%d pages, want 2", n)
		}
	})
}

// A page that is fetched ahead does not hold up a loop that ends early, even if the
// context has a grace for writes.
func TestBreakWithGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			if n++; n > 2 {
				select {
				case <-time.After(time.Minute):
				case <-req.Context().Done():
					return nil, req.Context().Err()
				}
			}
			return respond(req, 200, `[{"id":"1"}]`, "Link", fmt.Sprintf(`<https://acme.okta.com/api/v1/users?after=%d>; rel="next"`, n)), nil
		})
		start, items := time.Now(), 0
		for _, err := range oktaint.List[json.RawMessage](oktaint.WithGrace(t.Context(), 10*time.Second), clientOver(base), nil, "api", "v1", "users") {
			if err != nil {
				t.Fatal(err)
			}
			if items++; items == 2 {
				break
			}
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("the break took %v", d)
		}
	})
}

// A list that broke down on any page, in any way, is taken up at the stored cursor by
// another process, without a gap and without a double.
func TestPagesResumeAfterFailure(t *testing.T) {
	t.Parallel()
	const users, size = 95, 20
	sim := oktatest.New(t, oktatest.Config{Users: users, RateLimits: map[string]int{"users": 0}})
	org := mustOrg(t, sim.URL())
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret(sim.APIToken())}
	for name, breakDown := range map[string]func(*http.Request) (*http.Response, error){
		"a page of HTML":   status(200, "<html>Sign in</html>", "Content-Type", "text/html"),
		"a cut page":       cut,
		"a connection":     fail(reset),
		"no connection":    fail(refused),
		"500":              apiError(500, "E0000009"),
		"502":              status(502, "<html>"),
		"429":              rateLimited(time.Hour, 0),
		"403":              apiError(403, "E0000006"),
		"401":              apiError(401, "E0000011"),
		"null":             status(200, "null"),
		"a next link lost": status(200, `[{"id":"lost"}]`, "Link", `<https://acme.okta.com/api/v1/us`),
	} {
		for at := 1; at <= 5; at++ { // and once more on the page after that
			stored, seen, failures := []byte(`""`), map[string]int{}, 0
			for process := range 3 {
				var from oktaint.Cursor
				if err := json.Unmarshal(stored, &from); err != nil {
					t.Fatal(err)
				}
				left := at
				if process == 1 {
					left = 2
				}
				base := roundTripper(func(req *http.Request) (*http.Response, error) {
					if left--; process < 2 && left <= 0 {
						return breakDown(req)
					}
					return sim.Transport().RoundTrip(req)
				})
				c := (&oktaint.Transport{Org: org, Source: token.Source(nil), Base: base, MaxRetries: -1}).Client()
				for page, err := range oktaint.Pages[item](t.Context(), c, from, url.Values{"limit": {strconv.Itoa(size)}}, "api", "v1", "users") {
					if err != nil {
						failures++
						break
					}
					for _, u := range page.Items {
						seen[u.ID]++
					}
					stored, _ = json.Marshal(page.Next)
				}
				if string(stored) == `""` && len(seen) > 0 {
					break
				}
			}
			double := slices.DeleteFunc(slices.Collect(maps.Values(seen)), func(n int) bool { return n == 1 })
			if len(seen) != users+1 || len(double) > 0 || failures == 0 {
				t.Errorf("%s on page %d: %d users, %d of them twice, %d failures", name, at, len(seen), len(double), failures)
			}
		}
	}
}

// A program that was away for too long comes back with a cursor or a time that the org
// takes no more. It can tell that from every other failure by the status and the code,
// whatever the language of the org, and begins anew.
func TestPagesOfAnOldCursor(t *testing.T) {
	t.Parallel()
	tooOld := func(err error) bool {
		var e *oktaint.Error
		return errors.As(err, &e) && e.StatusCode == http.StatusBadRequest && e.Code != ""
	}
	refusal := func(code, summary string) func(*http.Request) (*http.Response, error) {
		return status(400, `{"errorCode":"`+code+`","errorSummary":"`+summary+`","errorId":"oae1","errorCauses":[]}`)
	}
	for _, tt := range []struct {
		name string
		step func(*http.Request) (*http.Response, error)
		want bool
	}{
		{"English", refusal("E0000001", "Api validation failed: after"), true},
		{"French", refusal("E0000001", "Échec de la validation de l'API : after"), true},
		{"Japanese", refusal("E0000001", "API検証に失敗しました: after"), true},
		{"without a text", refusal("E0000001", ""), true},
		{"a search", refusal("E0000031", "Invalid search criteria."), true},
		{"a page of HTML", status(400, "<html>Bad Request</html>", "Content-Type", "text/html"), false},
		{"a load balancer", status(400, ""), false},
		{"no permission", apiError(403, "E0000006"), false},
		{"no token", apiError(401, "E0000011"), false},
		{"no such path", apiError(404, "E0000022"), false},
		{"a rate limit", rateLimited(time.Hour, 0), false},
		{"an error of the org", apiError(500, "E0000009"), false},
		{"a connection", fail(reset), false},
		{"an empty page", status(200, ""), false},
	} {
		for _, from := range []oktaint.Cursor{"/api/v1/logs?after=1500000000000_1&limit=20", "/api/v1/logs?since=2017-07-14T02%3A40%3A00.000Z&limit=20", ""} {
			s := &script{steps: []func(*http.Request) (*http.Response, error){tt.step}}
			c := (&oktaint.Transport{Org: mustOrg(t, "acme"), Base: s, MaxRetries: -1}).Client()
			pages, errs := 0, []error(nil)
			for _, err := range oktaint.Pages[item](t.Context(), c, from, url.Values{"limit": {"20"}}, "api", "v1", "logs") {
				if pages++; err != nil {
					errs = append(errs, err)
				}
			}
			if pages != 1 || len(errs) != 1 || tooOld(errs[0]) != tt.want {
				t.Errorf("%s from %q: %v", tt.name, from, errs)
				continue
			}
			if _, limited := oktaint.RateLimited(errs[0]); tt.want && (limited || oktaint.IsNotFound(errs[0]) || oktaint.Ambiguous(errs[0]) || len(s.sent) != 1) {
				t.Errorf("%s from %q: %d requests, %v", tt.name, from, len(s.sent), errs[0])
			}
		}
	}
}
