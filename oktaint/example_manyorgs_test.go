package oktaint_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// One process polls 500 orgs: a client for each, made once from what is stored,
// and a few workers. Limits are kept per org, and each poll has a deadline, so
// that one slow or failing org holds up one worker for a while, never the others.
func ExampleNewClient_manyOrgs() {
	var base http.RoundTripper = standIn{} // nil in a service: all share one pool of connections

	clients := make([]*oktaint.Client, 500)
	for i := range clients {
		clients[i] = oktaint.NewClient(stored(i), base)
	}

	poll := func(c *oktaint.Client) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		for _, err := range oktaint.List[User](ctx, c, nil, "api", "v1", "users") {
			if err != nil {
				return err // the next round tries again
			}
		}
		return nil
	}

	due := make(chan *oktaint.Client)
	var mu sync.Mutex
	var polled, failed int
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			for c := range due {
				err := poll(c)
				mu.Lock()
				if polled++; err != nil {
					failed++
				}
				mu.Unlock()
			}
		})
	}
	for _, c := range clients { // once a minute
		due <- c
	}
	close(due)
	workers.Wait()
	fmt.Println(polled, "polled,", failed, "failed")
	// Output: 500 polled, 1 failed
}

// stored stands in for the place where a service stores what ParseCredentials
// reads.
func stored(i int) oktaint.Credentials {
	org, err := oktaint.ParseOrg(fmt.Sprintf("customer%d", i))
	if err != nil {
		panic(err)
	}
	return oktaint.Credentials{Kind: oktaint.KindAPIToken, Org: org, APIToken: oktaint.NewSecret("00example")}
}

// standIn answers for all orgs, so that the example needs none. One customer's
// token was revoked.
type standIn struct{}

func (standIn) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host == "customer7.okta.com" {
		return respond(req, 401, `{"errorCode":"E0000011","errorSummary":"Invalid token provided"}`), nil
	}
	return respond(req, 200, `[{"id":"00u1","status":"ACTIVE"}]`), nil
}
