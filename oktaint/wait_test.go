package oktaint_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// When the context ends, a request that waits is not sent, one that is on the wire
// gets the grace to be answered, and one that has not begun is not sent at all.
func TestWithGrace(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		end    time.Duration // of the context, after the beginning
		limit  bool          // the first answer is a 429 of 30 s
		delay  time.Duration // of an answer
		sent   int
		took   time.Duration
		failed bool
		lost   bool // it may have taken effect
	}{
		{"nothing ends", time.Hour, true, time.Second, 2, 32 * time.Second, false, false},
		{"ended before", 0, false, time.Second, 0, 0, true, false},
		{"ended while it waits", 5 * time.Second, true, time.Second, 1, 5 * time.Second, true, false},
		{"on the wire", 5 * time.Second, false, 14 * time.Second, 1, 14 * time.Second, false, false},
		{"on the wire for too long", 5 * time.Second, false, time.Minute, 1, 15 * time.Second, true, true},
		{"on the wire after a wait", 33 * time.Second, true, 9 * time.Second, 2, 40 * time.Second, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				base := roundTripper(func(r *http.Request) (*http.Response, error) {
					if sent++; sent == 1 && test.limit {
						reset := strconv.FormatInt(time.Now().Unix()+30, 10)
						return respond(r, 429, `{"errorCode":"E0000047"}`, "X-Rate-Limit-Limit", "100", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", reset), nil
					}
					select {
					case <-time.After(test.delay):
					case <-r.Context().Done():
						return nil, r.Context().Err()
					}
					return respond(r, 200, `{}`), nil
				})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.end == 0 {
					cancel()
				} else {
					time.AfterFunc(test.end, cancel)
				}
				org := mustOrg(t, "acme")
				req, err := org.NewRequest(oktaint.WithGrace(ctx, 10*time.Second), http.MethodPost, nil, nil, "api", "v1", "users", "00u1", "lifecycle", "suspend")
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				err = oktaint.NewClient(org, base).Do(req, nil)
				took := time.Since(began)
				if (err != nil) != test.failed || test.failed && !errors.Is(err, context.Canceled) || oktaint.Ambiguous(err) != test.lost {
					t.Errorf("error: %v", err)
				}
				if took < test.took || took > test.took+2*time.Second {
					t.Errorf("it took %v, want %v", took, test.took)
				}
				time.Sleep(5 * time.Minute)
				if sent != test.sent {
					t.Errorf("%d requests were sent, want %d", sent, test.sent)
				}
			})
		})
	}
}
