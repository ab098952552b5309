package conformance

import (
	"maps"
	"strings"
	"testing"
)

func TestLinksOf(t *testing.T) {
	t.Parallel()
	want := map[string]string{"self": "https://a.test/x?limit=1", "next": "https://a.test/x?after=b&limit=1"}
	self, next := `<https://a.test/x?limit=1>; rel="self"`, `<https://a.test/x?after=b&limit=1>; rel="next"`
	for _, test := range []struct {
		header map[string][]string
		name   string
		lines  int
	}{
		{map[string][]string{"Link": {self, next}, "Date": {"today"}}, "Link", 2},
		{map[string][]string{"link": {self + ", " + next}}, "link", 1},
	} {
		got := linksOf(test.header)
		if got.name != test.name || got.lines != test.lines || !maps.Equal(got.rel, want) {
			t.Errorf("linksOf(%v) = %+v", test.header, got)
		}
	}
	if got := linksOf(map[string][]string{"Date": {"today"}}); got.name != "" || len(got.rel) > 0 {
		t.Errorf("without Link: %+v", got)
	}
	if got := cursorOf(want["next"]); got != "b" {
		t.Errorf("cursor = %q, want b", got)
	}
}

func TestCursorForm(t *testing.T) {
	t.Parallel()
	const id = "00uAAAAAAAAAAAAAA5d7"
	for _, test := range []struct{ after, last, want string }{
		{"", id, "none"},
		{id, id, "the last id"},
		{id, "", "opaque"},
		{"1658862453660_1", "", "a time and a number"},
		{"1658862453660_", "", "opaque"},
	} {
		if got := cursorForm(test.after, test.last); got != test.want {
			t.Errorf("cursorForm(%q, %q) = %q, want %q", test.after, test.last, got, test.want)
		}
	}
}

func TestRecordedHeader(t *testing.T) {
	t.Parallel()
	all, err := readExchanges(strings.NewReader(
		`{"id":"a","response_headers":{"Link":["x","y"],"x-rate-limit-limit":"10"},"response_headers_scrubbed":true}`))
	if err != nil {
		t.Fatal(err)
	}
	h := all[0].ResponseHeader
	if len(h["Link"]) != 2 || len(h["x-rate-limit-limit"]) != 1 || h["x-rate-limit-limit"][0] != "10" || !all[0].Scrubbed {
		t.Errorf("exchange = %+v", all[0])
	}
	if _, err := readExchanges(strings.NewReader(`{"response_headers":{"Link":1}}`)); err == nil {
		t.Error("a header that is a number: no error")
	}
}

func TestHeaderDifferences(t *testing.T) {
	t.Parallel()
	e := exchange{ID: "a", ResponseHeader: recordedHeader{"Date": {"x"}, "Server": {"nginx"}, "dpop-nonce": {"n"}}}
	answered := map[string][]string{"Date": {"y"}, "Content-Length": {"3"}, "Retry-After": {"1"}, "Dpop-Nonce": {"n"}}
	for _, scrubbed := range []bool{false, true} {
		e.Scrubbed = scrubbed
		want := "[a: missing header dpop-nonce a: extra header Dpop-Nonce a: extra header Retry-After]"
		if scrubbed {
			want = "[a: missing header dpop-nonce]"
		}
		if got := sprint(headerDifferences(e, answered)); got != want {
			t.Errorf("scrubbed %v: %s, want %s", scrubbed, got, want)
		}
	}
}

func sprint(found []difference) string {
	var texts []string
	for _, d := range found {
		texts = append(texts, d.String())
	}
	return "[" + strings.Join(texts, " ") + "]"
}
