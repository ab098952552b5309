package oktaint_test

import (
	"context"
	"net/http"
	"os"
	"runtime"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// The hot path is an atomic read: no allocation, whatever the kind of credential.
func TestTokenAllocatesNothing(t *testing.T) {
	src := newTokenEndpoint().source(t)
	if _, err := src.Token(); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if n := testing.AllocsPerRun(1000, func() {
		if _, err := src.TokenContext(ctx); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("TokenContext allocates %v times", n)
	}
}

func BenchmarkToken(b *testing.B) {
	src := newTokenEndpoint().source(b)
	ctx := context.Background()
	if _, err := src.TokenContext(ctx); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := src.TokenContext(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// An idle source with a token and a key of its own stays under 12 kB, and owns
// no goroutine.
func TestIdleSources(t *testing.T) {
	n := 10_000
	if raceEnabled {
		n = 500 // parsing a key takes some milliseconds there
	}
	pem, err := os.ReadFile("testdata/rsa2048_TEST_ONLY.pem")
	if err != nil {
		t.Fatal(err)
	}
	org, endpoint := mustOrg(t, "acme"), newTokenEndpoint()
	sources := make([]*oktaint.Source, n)
	goroutines, before := runtime.NumGoroutine(), heap()
	for i := range sources {
		key, err := oktaint.ParseKey(pem, "")
		if err != nil {
			t.Fatal(err)
		}
		sources[i] = oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: key, Scopes: scopes.Visibility}.Source(endpoint)
		if i%50 == 0 { // a signature takes a millisecond: some have a token
			if _, err := sources[i].Token(); err != nil {
				t.Fatal(err)
			}
		}
	}
	each := (heap() - before) / uint64(n)
	t.Logf("%d bytes each of %d", each, n)
	if each > 12_000 {
		t.Errorf("an idle source takes %d bytes, want at most 12000", each)
	}
	if now := runtime.NumGoroutine(); now > goroutines+5 { // other tests run at the same time
		t.Logf("goroutines: %d before, %d after", goroutines, now)
	}
	runtime.KeepAlive(sources)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

var _ http.RoundTripper = (*tokenEndpoint)(nil)
