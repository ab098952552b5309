package oktaint

import (
	"net/http"
	"testing"
)

func TestNextLink(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lines []string
		want  string
	}{
		{nil, ""},
		{[]string{`<https://a/1>; rel="self"`}, ""},
		{[]string{`<https://a/1>; rel="self"`, `<https://a/2>; rel="next"`}, "https://a/2"},
		{[]string{`<https://a/1>; rel="self", <https://a/2?x=1,2&y=%22>; rel="next"`}, "https://a/2?x=1,2&y=%22"},
		{[]string{`<https://a/1>;rel=next`}, "https://a/1"},
		{[]string{`<https://a/1>; title="a, <b>; rel=\"next\""; rel="self"`}, ""},
		{[]string{`<https://a/1>; rel="prev next"`}, "https://a/1"},
		{[]string{`<https://a/1>; REL="NEXT"`}, "https://a/1"},
		{[]string{",,,", `<https://a/1>; rel="next"`}, "https://a/1"},
		{[]string{`<https://a/1>; title="6\" tall"; rel="self", <https://a/2>; rel="next"`}, "https://a/2"},
		{[]string{`<https://a/1>; nextrel="next"`}, ""},
		{[]string{`<https://a/1>; title="a; rel=next"; rel="self"`}, ""},
		{[]string{`<https://a/1>; title="rel=next"`}, ""},
		{[]string{`<https://a/1>; title="a; rel=self"; rel="next"`}, "https://a/1"},
		{[]string{`<https://a/1>; title="a \"; b"; rel="next"`}, "https://a/1"},
		{[]string{`<https://a/1>; title=""; rel="next";`}, "https://a/1"},
		{[]string{`<https://a/1> ;	rel = "next"`}, "https://a/1"},
		{[]string{`<https://a/1>;;rel="next"`}, "https://a/1"},
		{[]string{`<https://a/1>; title*=UTF-8''a%20b; rel="next"`}, "https://a/1"},
		{[]string{`<https://a/1;x=",">; rel="next"`}, "https://a/1;x=\",\""},
		{[]string{`<https://a/1>; rel="next", <https://a/0>; rel="prev"`}, "https://a/1"},
		{[]string{`<https://a/1>; rel="nextish"`}, ""},
		{[]string{`<https://a/1>; rel`}, ""},
		{[]string{`<>; rel="next"`}, ""},
		{[]string{`<https://a/1; rel="next"`}, "broken"},
		{[]string{`https://a/1; rel="next"`}, "broken"},
		{[]string{`<https://a/1> rel="next"`}, "broken"},
		{[]string{`<https://a/1>; rel="nex`}, "broken"},
		{[]string{`<https://a/1>; rel="self", next`}, "broken"},
	} {
		got, _, err := nextLink(http.Header{"Link": tt.lines})
		if err != nil {
			got = "broken"
		}
		if got != tt.want {
			t.Errorf("nextLink(%q) = %q, want %q", tt.lines, got, tt.want)
		}
	}
}
