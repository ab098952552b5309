//go:build unix

package oktaint_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

const (
	benchOrgs = 10_000
	serveOrgs = "OKTAINT_BENCH_SERVE_ORGS" // set in the process that serves
)

// serveManyOrgs serves every org by its host name from one listener. It ends with
// its standard input.
func serveManyOrgs() {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/oauth2/v1/token" {
			fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3600,"access_token":%q,"scope":"okta.users.read"}`, strings.Repeat("t", 900))
			return
		}
		h := w.Header()
		h.Set("X-Rate-Limit-Limit", "300")
		h.Set("X-Rate-Limit-Remaining", "299")
		h.Set("X-Rate-Limit-Reset", itoa(time.Now().Unix()+60))
		fmt.Fprintf(w, `[{"id":%q}]`, r.Host)
	}))
	fmt.Println(s.Listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	s.Close()
}

// BenchmarkManyOrgs polls 10,000 orgs, told apart by host name, from another
// process on loopback, and reports what each takes and how many goroutines there
// are 60 seconds after the last poll, when the shared connections are closed.
func BenchmarkManyOrgs(b *testing.B) {
	addr := benchServer(b, serveOrgs)
	for b.Loop() {
		base := oktaint.NewBase()
		base.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // loopback
		base.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, addr)
		}
		goroutines, before := runtime.NumGoroutine(), heap()
		clients := orgClients(b, benchOrgs, "rsa2048_TEST_ONLY.pem", base)
		due := make(chan *oktaint.Client)
		var workers sync.WaitGroup
		for range 32 {
			workers.Go(func() {
				for c := range due {
					if err := c.Get(context.Background(), nil, nil, "api", "v1", "users"); err != nil {
						b.Error(err)
					}
				}
			})
		}
		start := time.Now()
		for _, c := range clients {
			due <- c
		}
		close(due)
		workers.Wait()
		b.ReportMetric(time.Since(start).Seconds(), "poll-s")
		<-time.After(time.Minute)
		b.ReportMetric(float64(heap()-before)/benchOrgs, "bytes/org")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines), "goroutines")
		runtime.KeepAlive(clients)
	}
}
