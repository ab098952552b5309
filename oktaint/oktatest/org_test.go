package oktatest_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestManyAtOnce has many callers on a few connections; it is for the race
// detector.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"apps": 0, "users": 0}})
	done := make(chan int)
	for range 8 {
		go func() {
			n := 0
			defer func() { done <- n }()
			for range 10 {
				resp, err := c.http.Do(c.request("POST", "/api/v1/apps", "SSWS "+c.org.APIToken(), serviceApp("many")))
				if err == nil && resp.StatusCode == 200 {
					n++
				}
				if err == nil {
					_ = resp.Body.Close()
				}
				_, _ = c.org.State(), c.org.Requests()
			}
		}()
	}
	total := 0
	for range 8 {
		total += <-done
	}
	if total != 80 {
		t.Errorf("%d apps were made, want 80", total)
	}
}
