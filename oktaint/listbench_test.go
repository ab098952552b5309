//go:build unix

package oktaint_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/internal/rawjson"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

const (
	benchUsers = 20_000
	benchPage  = 200
	benchRuns  = 11
	serveUsers = "OKTAINT_BENCH_SERVE" // set in the process that serves
)

func TestMain(m *testing.M) {
	if os.Getenv(serveUsers) != "" {
		serveBench()
		return
	}
	if os.Getenv(serveOrgs) != "" {
		serveManyOrgs()
		return
	}
	os.Exit(m.Run())
}

// serveBench serves the users from another process, so that its CPU time is not in the
// figures. It ends with its standard input.
func serveBench() {
	const user = `{"id":"00u%017d","status":"ACTIVE","created":"2024-01-02T03:04:05.000Z","activated":null,"lastLogin":"2026-01-02T03:04:05.000Z","profile":{"firstName":"Ada","lastName":"Lovelace","login":"ada.%d@example.com","email":"ada.%d@example.com","department":"Engineering","mobilePhone":null},"credentials":{"provider":{"type":"OKTA","name":"OKTA"}},"pad":%q,"_links":{"self":{"href":"https://acme.okta.com/api/v1/users/00u%017d"}}}`
	pages := make([][]byte, benchUsers/benchPage)
	for p := range pages {
		var b strings.Builder
		for i := p * benchPage; i < (p+1)*benchPage; i++ {
			if b.Len() > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, user, i, i, i, strings.Repeat("x", 740), i)
		}
		pages[p] = []byte("[" + b.String() + "]")
	}
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("after"))
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasSuffix(r.URL.Path, "/me"): // what a collector asks first
			io.WriteString(w, `{"id":"00u1","profile":{"login":"ada@example.com"}}`)
			return
		case strings.HasSuffix(r.URL.Path, "/roles"):
			io.WriteString(w, `[{"id":"ra1","type":"SUPER_ADMIN","status":"ACTIVE"}]`)
			return
		case r.URL.Query().Has("filter"): // users who are DEPROVISIONED
			io.WriteString(w, "[]")
			return
		}
		if n+1 < len(pages) {
			w.Header().Add("Link", fmt.Sprintf(`<https://%s/api/v1/users?after=%d&limit=200>; rel="next"`, r.Host, n+1))
		}
		w.Write(pages[n])
	}))
	fmt.Println(s.URL)
	io.Copy(io.Discard, os.Stdin)
	s.Close()
}

// benchServer starts the test binary again as a server, which variable chooses,
// and returns the line that it prints first: where it listens.
func benchServer(b *testing.B, variable string) string {
	b.Helper()
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), variable+"=1")
	in, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); _ = server.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// A way is one way to read the users.
type way struct {
	name  string
	list  func() (int, error)
	limit float64 // of its time, as a ratio to that of the loop by hand; 0: none
}

// BenchmarkList lists 20,000 users of 1.2 kB, 200 a page, from another process on
// loopback: a loop written by hand with the same decoder and struct; that loop, reading
// and discarding, and splitting the pages; List; List of raw objects; and collecting them
// into a file. It reports medians of 11 interleaved runs of user CPU time, and their ratios
// to that of the loop by hand, with the limits that some of them have.
func BenchmarkList(b *testing.B) {
	url := benchServer(b, serveUsers)
	base := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer base.CloseIdleConnections()
	org, err := oktaint.ParseOrg(url)
	if err != nil {
		b.Fatal(err)
	}
	src := oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00bench")}.Source(nil)
	hand := func(read func(io.Reader) (int, error)) func() (int, error) {
		return func() (int, error) { return byHand(base, url, read) }
	}
	ways := []way{
		{"by-hand", hand(decodePage), 0},
		{"discard", hand(discardPage), 0},
		{"split", hand(splitter()), 0.2},
		{"List", func() (int, error) { return listBench[User](src, base) }, 1.1},
		{"List-raw", func() (int, error) { return listBench[json.RawMessage](src, base) }, 0.4},
		{"collect", func() (int, error) { return collectUsers(b, src, base) }, 0.4},
	}
	for b.Loop() {
		medians := medianCPU(b, ways)
		for i, w := range ways {
			b.ReportMetric(1000*medians[i].Seconds(), w.name+"-user-ms")
			b.ReportMetric(medians[i].Seconds()/medians[0].Seconds(), w.name+"/by-hand")
			if w.limit > 0 {
				b.ReportMetric(w.limit, w.name+"-limit")
			}
		}
	}
}

// medianCPU returns the median of each way's user CPU time.
func medianCPU(b *testing.B, ways []way) []time.Duration {
	cpu := make([][]time.Duration, len(ways))
	for range benchRuns {
		for i, w := range ways {
			before := userCPU()
			if n, err := w.list(); err != nil || n != benchUsers {
				b.Fatalf("%s: %d users, %v", w.name, n, err)
			}
			cpu[i] = append(cpu[i], userCPU()-before)
		}
	}
	medians := make([]time.Duration, len(ways))
	for i := range ways {
		slices.Sort(cpu[i])
		medians[i] = cpu[i][benchRuns/2]
	}
	return medians
}

func discardPage(r io.Reader) (int, error) {
	_, err := io.Copy(io.Discard, r)
	return benchPage, err
}

func decodePage(r io.Reader) (int, error) {
	body, err := io.ReadAll(r)
	if err != nil {
		return 0, err
	}
	var users []User
	err = json.Unmarshal(body, &users)
	return len(users), err
}

// splitter splits pages in one buffer, so that little but the splitting costs.
func splitter() func(io.Reader) (int, error) {
	var page bytes.Buffer
	return func(r io.Reader) (int, error) {
		page.Reset()
		if _, err := page.ReadFrom(r); err != nil {
			return 0, err
		}
		users, ok := rawjson.Elements(page.Bytes())
		if !ok {
			return 0, errors.New("the page is not a list")
		}
		return len(users), nil
	}
}

func listBench[T any](src *oktaint.Source, base http.RoundTripper) (n int, err error) {
	c := oktaint.NewClient(src, base)
	for _, err := range oktaint.List[T](context.Background(), c, map[string][]string{"limit": {"200"}}, "api", "v1", "users") {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// collectUsers writes the users to a file.
func collectUsers(b *testing.B, src *oktaint.Source, base http.RoundTripper) (int, error) {
	files, err := inventory.OpenFiles(b.TempDir(), inventory.FileOptions{})
	if err != nil {
		return 0, err
	}
	defer files.Close()
	r, err := inventory.Collect(b.Context(), oktaint.NewClient(src, base), files, inventory.Options{Resources: []string{"users"}})
	if err != nil {
		return 0, err
	}
	return r.Rows[0].Count, r.Rows[0].Err
}

// byHand goes through the pages as one would without a library.
func byHand(base http.RoundTripper, url string, read func(io.Reader) (int, error)) (n int, err error) {
	hc := &http.Client{Transport: base}
	for next := url + "/api/v1/users?limit=200"; next != ""; {
		req, err := http.NewRequest("GET", next, nil)
		if err != nil {
			return n, err
		}
		req.Header.Set("Authorization", "SSWS 00bench")
		resp, err := hc.Do(req)
		if err != nil {
			return n, err
		}
		k, err := read(resp.Body)
		resp.Body.Close()
		if err != nil {
			return n, err
		}
		n += k
		next = ""
		for _, l := range resp.Header.Values("Link") {
			if strings.HasSuffix(l, `rel="next"`) {
				next = l[1:strings.Index(l, ">")]
			}
		}
	}
	return n, nil
}

func userCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano())
}
