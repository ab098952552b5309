package rawjson_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/internal/rawjson"
)

// documents are valid and broken ones. The tests hold each against encoding/json; the
// fuzz target begins with them.
func documents() []string {
	nested := func(open, inside, end string, depth int) string {
		return strings.Repeat(open, depth) + inside + strings.Repeat(end, depth)
	}
	docs := []string{
		"", " ", "[", "]", "[]", " [ ] ", "[]x", "[] []", "[,]", "[1,]", "[,1]", "[1 2]", "[1", "[1,", "\ufeff[]", "null", "1", `"a"`, "[null]", "{}", "{} ", "{}x", "{", "{,}",
		"[0,-0,1,-1,10,0.5,1e5,1E+5,1e-05,-1.25e7]", "[01]", "[-]", "[+1]", "[.5]", "[1.]", "[1.e5]", "[1e]", "[1e+]", "[0x1]", "[-a]", "[1a]",
		"[true,false,null]", "[tru]", "[truex]", "[nul", "[True]",
		`["a","\"\\\/\b\f\n\r\t\u00e9\uD83D"]`, `["\x"]`, `["\u12g4"]`, `["\u123"]`, `["\u123g"]`, `["\u12`, `["\`, `["a`, `["`, "[\"\n\"]", "[\"\x1f\"]", "[\"\x7f\xff\x80\"]", `['a']`,
		`["0123456"]`, `["01234567"]`, `["012345678"]`, `["0123456\n"]`, "[\"0123456\t\"]", "[\"01234567\x00\"]", `["\u2028<>&"]`, "[\"\u2028\"]", "[\"\x80\xa0\xe9\xff0123456789\"]",
		`[{"a":1},{"a":[1,{"b":{}}]}]`, `[{"a"}]`, `[{"a":}]`, `[{a:1}]`, `[{"a":1,}]`, `[{"a":1 "b":2}]`, `[{"a" : 1 , "b" : [ ] }]`, `[{"a\"b":1}]`, `[{1:2}]`, `[{"a:1}]`,
		"[\n{\n\"a\": 1\r\n},\n{\"b\":[\t2 ]}\n]\n", "[{\"a\":\r1}]", "[[\n]]", "[{\n}]", "[1,\n2]", "[1\x00]", "[1]\x00", "[1\x0b]", "[1\u00a0]",
		`{"roles":[1,2],"_links":{"next":{"href":"x"}}}`, `{"a":1,"a":2}`, `{"\u0061":1}`, "{\"a\xff\":1}", `{"a":1,}`, `{"a" : [ 1 ] }`, `{"a":null}`, `{"a":[}`, `{"a":1]`, `[1}`, "{\"a\":\n[1,\n2]}",
		nested("[", "", "]", 10_000), nested("[", "", "]", 10_001), nested(`{"a":`, "1", "}", 10_000), nested(`{"a":`, "1", "}", 10_001), nested(`[{"a":`, "1", "}]", 5_000), nested(`[{"a":`, "[]", "}]", 5_000),
	}
	return docs
}

// Whatever a document is, it is taken if encoding/json takes it, and comes out the same.
func TestElements(t *testing.T) {
	t.Parallel()
	for _, doc := range documents() {
		checkElements(t, []byte(doc))
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	for _, doc := range documents() {
		checkMembers(t, []byte(doc))
	}
}

func FuzzElements(f *testing.F) {
	for _, doc := range documents() {
		if len(doc) < 1000 {
			f.Add([]byte(doc))
		}
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		checkElements(t, doc)
		checkMembers(t, doc)
		checkElements(t, append(append([]byte("["), doc...), ']')) // more of them are valid
	})
}

func checkElements(t *testing.T, doc []byte) {
	t.Helper()
	before := bytes.Clone(doc)
	got, ok := rawjson.Elements(doc)
	valid := json.Valid(doc) && bytes.HasPrefix(bytes.TrimLeft(doc, " \t\r\n"), []byte("["))
	if ok != valid || !ok && got != nil {
		t.Fatalf("Elements(%.60q) = %d, %v; encoding/json: %v", doc, len(got), ok, valid)
	}
	if !ok {
		return
	}
	var want []json.RawMessage
	if err := json.Unmarshal(doc, &want); err != nil || len(got) != len(want) || got == nil {
		t.Fatalf("Elements(%.60q): %d elements, want %d, %v", doc, len(got), len(want), err)
	}
	for i := range want {
		checkElement(t, got[i], want[i])
	}
	for i := range got {
		_ = append(got[i], "overwritten"...)
	}
	if !bytes.Equal(doc, before) {
		t.Fatalf("%.60q is %.60q after appending to its elements", before, doc)
	}
}

// checkElement compares an element with what encoding/json has for it: without line
// breaks it is the same, byte for byte, otherwise it is compacted.
func checkElement(t *testing.T, got, want json.RawMessage) {
	t.Helper()
	if bytes.ContainsAny(want, "\r\n") {
		var line bytes.Buffer
		if err := json.Compact(&line, want); err != nil {
			t.Fatal(err)
		}
		want = line.Bytes()
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("element %.60q, want %.60q", got, want)
	}
}

func checkMembers(t *testing.T, doc []byte) {
	t.Helper()
	got, ok := rawjson.Members(doc)
	valid := json.Valid(doc) && bytes.HasPrefix(bytes.TrimLeft(doc, " \t\r\n"), []byte("{"))
	if ok != valid || !ok && got != nil {
		t.Fatalf("Members(%.60q) = %q, %v; encoding/json: %v", doc, got, ok, valid)
	}
	var want map[string]json.RawMessage
	if !ok {
		return
	}
	if err := json.Unmarshal(doc, &want); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("Members(%.60q) = %.60q, want %.60q, %v", doc, got, want, err)
	}
	before := bytes.Clone(doc)
	for _, value := range got {
		_ = append(value, "overwritten"...)
	}
	if !bytes.Equal(doc, before) {
		t.Fatalf("%.60q is %.60q after appending to its values", before, doc)
	}
}

// A page without line breaks is not copied: what is allocated is the list of elements.
func TestElementsAllocates(t *testing.T) {
	doc := []byte("[" + strings.Repeat(`{"id":"00u1","profile":{"login":"a@example.com"}}, `, 199) + "{}\n]")
	if items, ok := rawjson.Elements(doc); !ok || len(items) != 200 || &items[0][0] != &doc[1] {
		t.Fatalf("%d elements, %v", len(items), ok)
	}
	if n := testing.AllocsPerRun(10, func() { rawjson.Elements(doc) }); n > 12 {
		t.Errorf("%v allocations", n)
	}
}
