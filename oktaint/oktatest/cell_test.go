package oktatest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestCell reaches several orgs through one transport. Each has its own users,
// tokens, limits and faults.
func TestCell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const orgs = 20
		var all []*oktatest.Org
		for i := range orgs {
			org, err := oktatest.NewOrg(oktatest.Config{
				Origin: fmt.Sprintf("https://org%d.okta.com", i), Users: i, RateLimits: map[string]int{"users": 2}, PrincipalShare: 1,
			})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, org)
		}
		if err := all[3].AddFault("GET /api/v1/groups refuse"); err != nil {
			t.Fatal(err)
		}
		cell := oktatest.NewCell(all...)
		defer cell.Close()
		for i, org := range all {
			creds, err := oktaint.ParseCredentials(org.Credentials(org.APIToken()))
			if err != nil {
				t.Fatal(err)
			}
			var users []object
			client := oktaint.NewClient(creds, cell.Transport())
			err = client.Get(t.Context(), &users, nil, "api", "v1", `users`)
			if err != nil || len(users) == 0 || len(users) > i+1 {
				t.Errorf("org %d: %d users, %v", i, len(users), err)
			}
			if got := len(org.Requests()); got != 1 {
				t.Errorf("org %d got %d requests", i, got)
			}
		}
		client := &http.Client{Transport: cell.Transport()}
		for host, want := range map[string]string{"org3.okta.com": "refused", "org4.okta.com": "403", "nobody.okta.com": "404"} {
			resp, err := client.Get("https://" + host + "/api/v1/groups")
			got := "refused"
			if err == nil {
				body, _ := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				got = fmt.Sprint(resp.StatusCode)
				if want == "404" && string(body) != `{"status":404,"message":"Resource not found"}` {
					t.Errorf("%s: %s", host, body)
				}
			} else if !errors.Is(err, syscall.ECONNREFUSED) {
				t.Error(err)
			}
			if got != want {
				t.Errorf("%s: %s, want %s", host, got, want)
			}
		}
	})
}

// TestCellHandler serves a cell by a listener of the caller's.
func TestCellHandler(t *testing.T) {
	t.Parallel()
	one, two := oktatest.New(t, oktatest.Config{}), oktatest.New(t, oktatest.Config{Origin: "https://two.okta.com"})
	server := httptest.NewServer(oktatest.NewCell(one, two))
	defer server.Close()
	for _, org := range []*oktatest.Org{one, two} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/.well-known/okta-organization", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = strings.TrimPrefix(org.URL(), "https://")
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || !strings.Contains(string(body), org.ID()) {
			t.Errorf("%s: %s, %v", org.URL(), body, err)
		}
	}
	defer func() {
		if got := fmt.Sprint(recover()); got != "oktatest: new cell: two orgs at two.okta.com" {
			t.Errorf("panic %q", got)
		}
	}()
	oktatest.NewCell(one, two, two)
}
