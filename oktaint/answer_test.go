package oktaint_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// An answer with a status of success is either good or an error. If out is given, only
// an object or a list is good. If out is nil, only a page or an error object is bad.
func TestAnswers(t *testing.T) {
	t.Parallel()
	type user struct{ ID string }
	for _, tt := range []struct {
		name            string
		status          int
		body            string
		object, none    bool // whether it is good with an out, and without
		optional        bool // whether it is good with an optional out
		says            string
		header, content string
	}{
		{name: "an object", status: 200, body: `{"id":"00u1"}`, object: true, none: true, optional: true},
		{name: "created", status: 201, body: ` {"id":"00u1"} `, object: true, none: true, optional: true},
		{name: "no content", status: 204, none: true, optional: true, says: "empty"},
		{name: "an empty 200", status: 200, none: true, optional: true, says: "empty"},
		{name: "blanks", status: 200, body: " \n", none: true, optional: true, says: "empty"},
		{name: "accepted", status: 202, none: true, optional: true, says: "empty"},
		{name: "an empty object", status: 200, body: "{}", object: true, none: true, optional: true},
		{name: "null", status: 200, body: "null", none: true, says: "neither an object nor a list"},
		{name: "a string", status: 200, body: `"ok"`, none: true, says: "neither an object nor a list"},
		{name: "a number", status: 200, body: "1", none: true, says: "neither an object nor a list"},
		{name: "true", status: 200, body: "true", none: true, says: "neither an object nor a list"},
		{name: "an error object", status: 200, body: `{"errorCode":"E0000006","errorSummary":"You do not have permission"}`, says: "its status is a success"},
		{name: "an object with an error code that is null", status: 200, body: `{"errorCode":null}`, object: true, none: true, optional: true},
		{name: "a page", status: 200, body: "<html>", says: "not JSON"},
		{name: "a page by its type", status: 200, body: "Sign in", content: "text/html", says: "not JSON"},
		{name: "a part", status: 206, body: `{"id":"00u1"}`, says: "a part"},
		{name: "cut JSON", status: 200, body: `{"id":"00u1"`, none: true, says: "ends early"},
		{name: "a list for an object", status: 200, body: `[]`, none: true, says: "not the JSON that was expected"},
	} {
		do := func(out any) error {
			c := oktaint.NewClient(mustOrg(t, "acme"), roundTripper(func(req *http.Request) (*http.Response, error) {
				resp := respond(req, tt.status, tt.body)
				if tt.content != "" {
					resp.Header.Set("Content-Type", tt.content)
				}
				return resp, nil
			}))
			req, err := c.Org.NewRequest(t.Context(), http.MethodPost, nil, nil, "api", "v1", "users")
			if err != nil {
				t.Fatal(err)
			}
			return c.Do(req, out)
		}
		check := func(how string, good bool, err error) {
			var e *oktaint.Error
			switch {
			case good != (err == nil):
				t.Errorf("%s, %s: %v", tt.name, how, err)
			case err != nil && (!errors.As(err, &e) || e.StatusCode != tt.status || !strings.Contains(err.Error(), tt.says)):
				t.Errorf("%s, %s: %v, want %q", tt.name, how, err, tt.says)
			case err != nil && !oktaint.Ambiguous(err):
				t.Errorf("%s, %s: %v may have taken effect", tt.name, how, err)
			}
		}
		u := user{ID: "before"}
		err := do(&u)
		check("with an out", tt.object, err)
		if err != nil && u.ID != "before" && tt.name != "cut JSON" {
			t.Errorf("%s: out has become %+v", tt.name, u)
		}
		check("without an out", tt.none, do(nil))
		check("with an optional out", tt.object || tt.optional, do(oktaint.Optional(new(user))))
		if tt.object {
			var raw json.RawMessage
			check("raw", true, do(&raw))
			if len(raw) == 0 {
				t.Errorf("%s: the raw answer is empty", tt.name)
			}
		}
	}
}

// JSON that is nested without end is an error, and finding that out costs little.
func TestDeepJSON(t *testing.T) {
	const n = 1 << 20 / 5
	for name, body := range map[string]string{
		"arrays":      strings.Repeat("[", n),
		"objects":     strings.Repeat(`{"a":`, n),
		"in a list":   `[{"id":` + strings.Repeat("[", n),
		"closed":      strings.Repeat("[", n) + strings.Repeat("]", n),
		"as a member": `{"roles":[{"id":"1"}],"_links":` + strings.Repeat(`{"next":`, n),
	} {
		for status, calls := range map[int][]func(context.Context, http.RoundTripper) error{200: {get, list, token}, 403: {get, list, token}} {
			for i, call := range calls {
				sent := 0
				base := roundTripper(func(req *http.Request) (*http.Response, error) { sent++; return respond(req, status, body), nil })
				var err error
				start := time.Now()
				bytes := allocated(func() { err = call(t.Context(), base) })
				var oe *oktaint.Error
				if !errors.As(err, &oe) || oe.StatusCode != status || len(err.Error()) > 4000 {
					t.Errorf("%s, %d, call %d: %.200v", name, status, i, err)
				}
				if d := time.Since(start); sent != 1 || bytes > 32<<20 || d > 5*time.Second {
					t.Errorf("%s, %d, call %d: %d requests, %d bytes allocated, %v", name, status, i, sent, bytes, d)
				}
			}
		}
	}
}

// A page of HTML in the place of JSON, as a captive portal or a gateway sends it, is an
// error that says so, on the first page of a list or a later one: it is never an empty
// result.
func TestWebPages(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"<!DOCTYPE html><html><body>Sign in</body></html>", "<html>", "\n\t <HTML><title>x</title>", "\ufeff<!doctype html>", "<?xml version=\"1.0\"?><html/>", "<!-- x --><html>", "Sign in"} {
		for _, content := range []string{"text/html", "text/html; charset=utf-8", "TEXT/HTML", "application/xhtml+xml", "application/json", ""} {
			if page == "Sign in" && !strings.Contains(strings.ToLower(content), "html") {
				continue // nothing tells that it is one
			}
			for name, call := range map[string]func(context.Context, http.RoundTripper) error{"an object": get, "a list": list, "a token": token} {
				for _, code := range []int{200, 201, 203} {
					sent := 0
					base := roundTripper(func(req *http.Request) (*http.Response, error) {
						sent++
						resp := respond(req, code, page)
						resp.Header.Set("Content-Type", content)
						return resp, nil
					})
					if err := call(t.Context(), base); err == nil || !strings.Contains(err.Error(), "web page") || sent != 1 {
						t.Errorf("%s, %d, %q as %q: %v after %d requests", name, code, page, content, err, sent)
					}
				}
			}
			base := roundTripper(func(req *http.Request) (*http.Response, error) {
				if req.URL.Query().Get("after") == "" {
					return respond(req, 200, `[{"id":"1"}]`, "Link", `<https://acme.okta.com/api/v1/users?after=1>; rel="next"`), nil
				}
				resp := respond(req, 200, page)
				resp.Header.Set("Content-Type", content)
				return resp, nil
			})
			if err := list(t.Context(), base); err == nil || !strings.Contains(err.Error(), "web page") {
				t.Errorf("on the second page, %q as %q: %v", page, content, err)
			}
		}
	}
}
