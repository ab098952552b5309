package main

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// A way is what the requests go through. It keeps what their answers tell of the way
// itself.
type way struct {
	base http.RoundTripper

	mu         sync.Mutex
	proxy      *url.URL
	tls        *tls.ConnectionState
	proto      string
	answers    int
	least, top time.Duration // between which the org's clock less ours is
}

// RoundTrip implements http.RoundTripper.
func (w *way) RoundTrip(req *http.Request) (*http.Response, error) {
	if t, ok := w.base.(*http.Transport); ok && t.Proxy != nil {
		if proxy, err := t.Proxy(req); err == nil {
			w.mu.Lock()
			w.proxy = proxy
			w.mu.Unlock()
		}
	}
	sent := time.Now()
	resp, err := w.base.RoundTrip(req)
	if err == nil {
		w.learn(resp, sent, time.Now())
	}
	return resp, err
}

// learn narrows down how far the clocks are apart: the org wrote the answer's Date,
// which is cut to a second, between the two times.
func (w *way) learn(resp *http.Response, sent, received time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.proto = resp.Proto
	if resp.TLS != nil {
		w.tls = resp.TLS
	}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return
	}
	least, top := date.Sub(received), date.Add(time.Second).Sub(sent)
	if w.answers++; w.answers == 1 {
		w.least, w.top = least, top
		return
	}
	w.least, w.top = max(w.least, least), min(w.top, top)
}

// offset is the org's clock less ours, and whether it is known.
func (w *way) offset() (time.Duration, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return (w.least + w.top) / 2, w.answers > 0
}

// tolerated is how far clocks may be apart without a word: Date has whole seconds, and
// answers take their time.
const tolerated = 5 * time.Second

const setTheClock = "set the clock of this machine (NTP)"

// refused is how far apart they are when Okta certainly refuses what is signed: an
// assertion is good for five minutes.
const refused = 5 * time.Minute

// describe adds what is known of the way.
func (w *way) describe(l *findings) {
	w.describeClock(l)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.proxy != nil {
		l.add("way", ok, "through the proxy "+w.proxy.Host)
	} else {
		l.add("way", ok, "without a proxy")
	}
	if w.tls != nil {
		l.add("way", ok, fmt.Sprintf("%s, %s, %s", tls.VersionName(w.tls.Version), strings.TrimSuffix(w.proto, ".0"), certificate(w.tls)))
	}
}

func (w *way) describeClock(l *findings) {
	switch offset, known := w.offset(); {
	case !known:
		l.add("clock", unlooked, "how this machine's clock and the org's compare: no answer has named its date")
	case offset > tolerated || offset < -tolerated:
		word := "behind"
		if offset < 0 {
			offset, word = -offset, "ahead of"
		}
		f := l.add("clock", warning, fmt.Sprintf("this machine's clock is %v %s the org's", offset.Round(time.Second), word))
		f.Remedy, f.By = setTheClock, byOperator
		if offset >= refused {
			f.Level, f.Why = problem, "Okta refuses what is signed with the wrong time"
		}
	default:
		l.add("clock", ok, "this machine's clock and the org's agree to "+tolerated.String())
	}
}

// certificate says whose certificate the org has shown: if its issuer is not a public
// one, something in between reads what is sent.
func certificate(state *tls.ConnectionState) string {
	if len(state.PeerCertificates) == 0 {
		return "no certificate"
	}
	c := state.PeerCertificates[0]
	issuer := c.Issuer.CommonName
	if len(c.Issuer.Organization) > 0 {
		issuer = strings.Join(c.Issuer.Organization, " ") + ", " + issuer
	}
	return fmt.Sprintf("certificate issued by %s, good until %s", issuer, c.NotAfter.UTC().Format(time.DateOnly))
}
