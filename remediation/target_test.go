package remediation_test

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// TestReadTargets reads lists as people write them.
func TestReadTargets(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("a", 1000)
	for _, test := range []struct{ name, text, want, err string }{
		{"nothing", "", "", ""},
		{"one", "mallory@example.com", "mallory@example.com", ""},
		{"an id and a login", userID + "\nmallory@example.com\n", userID + "|mallory@example.com", ""},
		{"comments and blank lines", "# suspects\n\n  # more\nmallory@example.com\n\n\n#eve@example.com\ntrudy@example.com\n\n", "mallory@example.com|trudy@example.com", ""},
		{"a sign inside", "mal#lory@example.com\n", "mal#lory@example.com", ""},
		{"lines of Windows", "mallory@example.com\r\n\r\n# eve\r\ntrudy@example.com\r\n", "mallory@example.com|trudy@example.com", ""},
		{"byte order mark", "\ufeffmallory@example.com\ntrudy@example.com", "mallory@example.com|trudy@example.com", ""},
		{"byte order mark and a comment", "\ufeff# suspects\r\nmallory@example.com", "mallory@example.com", ""},
		{"byte order mark and nothing", "\ufeff", "", ""},
		{"spaces around", "  mallory@example.com\t\n", "mallory@example.com", ""},
		{"no end", "mallory@example.com\ntrudy@example.com", "mallory@example.com|trudy@example.com", ""},
		{"twice the same", "eve@example.com\neve@example.com\n", "eve@example.com|eve@example.com", ""},
		{"not ASCII", "jürgen@example.com\n日本@example.com\n", "jürgen@example.com|日本@example.com", ""},
		{"long", longest + "\n" + longest, longest + "|" + longest, ""},

		{"two words", "eve@example.com\nmallory@example.com trudy@example.com\nbob@example.com\n", "eve@example.com", "line 2 of the targets has more than one word"},
		{"a tab", "mallory@example.com\tACTIVE", "", "line 1 of the targets has more than one word"},
		{"a table", "login,status\nmallory@example.com,ACTIVE\n", "", "line 1 of the targets has more than one word"},
		{"semicolons", "\n\nmallory@example.com;trudy@example.com\n", "", "line 3 of the targets has more than one word"},
		{"a comment behind", "mallory@example.com # the boss\n", "", "line 1 of the targets has more than one word"},
		{"zero bytes", "m\x00a\x00l\x00\n\x00", "", "line 1 of the targets has more than one word"},
		{"too long", "eve@example.com\n" + strings.Repeat("a", 1025) + "\nbob@example.com\n", "eve@example.com", "line 2 of the targets: it is longer than 1024 bytes"},
		{"too long a comment", "# " + strings.Repeat("-", 5000) + "\nbob@example.com\n", "", "line 1 of the targets"},
		{"too long without an end", strings.Repeat("a", 1<<20), "", "line 1 of the targets"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for how, r := range map[string]io.Reader{
				"whole": strings.NewReader(test.text), "by bytes": iotest.OneByteReader(strings.NewReader(test.text)),
				"with its end": iotest.DataErrReader(strings.NewReader(test.text)),
			} {
				got, err := collect(remediation.ReadTargets(r))
				if strings.Join(got, "|") != test.want {
					t.Errorf("%s: read %q, want %q", how, got, test.want)
				}
				switch {
				case test.err != "":
					wantRefusal(t, err, test.err)
				case err != nil:
					t.Errorf("%s: %v", how, err)
				}
			}
		})
	}
}

// Okta looks for groups by the beginning of their names. The group of exactly the name
// is found, whatever signs it has; of two of one name neither is.
func TestResolveGroup(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{RateLimits: map[string]int{"groups": 0, "group": 0, "default": 0}})
	ids := make(map[string]string)
	for _, name := range []string{
		"my_employees_pmo", "my_employees", "My_Employees 2", "my", `Sales "EMEA"`, `"`, "R&D", `a\b`, `a\"b`, "Admins+", "Ünï", "100%", "%41", "a/b", "#1", "O'Neil", "a b  c", "x?y=z", "a;b", "(a)", "日本",
		"..", "*", "a,b", `x" or id pr or profile.name eq "y`, "00gabcdefghijklmnopq", "me", "-", strings.Repeat("n", 255),
	} {
		ids[name] = s.sim.AddGroup(oktatest.Group{Name: name})
	}
	for name, id := range ids {
		for _, as := range []string{name, id, " " + name + "\r\n"} {
			got, err := remediation.ResolveGroup(t.Context(), s.client, as)
			if want := (remediation.Target{Type: remediation.TargetGroup, ID: id, Name: name}); err != nil || got != want {
				t.Errorf("%.40q is %+v, %v, want %s", as, got, err, id)
			}
		}
	}
	for _, name := range []string{"", " ", "my_emp", "my_employees_", "MY_EMPLOYEES", "employees", "Sales", `Sales "EMEA`, "R", "a", "%", "y", "everyone", "nobody", "00gnobodynobodynobod"} {
		got, err := remediation.ResolveGroup(t.Context(), s.client, name)
		if !errors.Is(err, remediation.ErrUnknownGroup) || got != (remediation.Target{}) {
			t.Errorf("%q is %+v, %v", name, got, err)
		}
	}
	if writes := s.writes(); len(writes) > 0 {
		t.Errorf("looking for groups has sent %q", writes)
	}
}

// Two groups of one name, of the org or of an app, are told apart by the id only.
func TestResolveGroupOfTwo(t *testing.T) {
	t.Parallel()
	const other = `{"id":"00g3","type":"OKTA_GROUP","profile":{"name":"Staff 2"}}`
	for _, tt := range []struct {
		list  string
		found string // an id; empty: an error
		want  string // of the error
	}{
		{`[{"id":"00g1","type":"OKTA_GROUP","profile":{"name":"Staff"}},{"id":"00g2","type":"APP_GROUP","profile":{"name":"Staff"}},` + other + `]`, "", "it names more than one"},
		{`[{"id":"00g1","type":"APP_GROUP","profile":{"name":"Staff"}},{"id":"00g2","type":"APP_GROUP","profile":{"name":"Staff"}}]`, "", "it names more than one"},
		{`[{"id":"00g1","type":"OKTA_GROUP","profile":{"name":"Staff"}},{"id":"00g2","type":"OKTA_GROUP","profile":{"name":"Staff"}},{"id":"00g4","type":"OKTA_GROUP","profile":{"name":"Staff"}}]`, "", "it names more than one"},
		{`[{"id":"00g1","type":"OKTA_GROUP","profile":{"name":"Staff"}},` + other + `]`, "00g1", ""},
		{`[` + other + `,{"id":"00g2","type":"APP_GROUP","profile":{"name":"Staff"}}]`, "00g2", ""},
		{`[{"id":"00g1","type":"OKTA_GROUP","profile":{"name":"staff"}},{"id":"00g2","type":"OKTA_GROUP","profile":{"name":"Staff"}}]`, "00g2", ""},
		{`[` + other + `]`, "", "there is no such group"},
		{`[]`, "", "there is no such group"},
		{`[{"id":"00g1","type":"OKTA_GROUP","profile":{"name":"Staff "}}]`, "", "there is no such group"},
	} {
		got, err := remediation.ResolveGroup(t.Context(), oktaint.NewClient(acme(t), groupList(tt.list)), "Staff")
		switch {
		case tt.found != "" && (err != nil || got.ID != tt.found):
			t.Errorf("%s: %+v, %v", tt.list, got, err)
		case tt.found == "" && (err == nil || !strings.Contains(err.Error(), tt.want) || got != (remediation.Target{})):
			t.Errorf("%s: %+v, %v; want %q", tt.list, got, err, tt.want)
		}
	}
}

// A groupList is an org that has one answer to every search for groups, and knows none
// by id.
type groupList string

func (l groupList) RoundTrip(r *http.Request) (*http.Response, error) {
	d := &directory{status: http.StatusOK, body: string(l)}
	if r.URL.Path != "/api/v1/groups" {
		d.status, d.body = http.StatusNotFound, `{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: Staff (UserGroup)"}`
	}
	return d.RoundTrip(r)
}

// TestReadManyTargets reads more than a buffer's worth of lines.
func TestReadManyTargets(t *testing.T) {
	t.Parallel()
	const lines = 200_000
	got, err := collect(remediation.ReadTargets(strings.NewReader(strings.Repeat(userID+"\r\n", lines) + "last@example.com")))
	if err != nil || len(got) != lines+1 || got[0] != userID || got[lines-1] != userID || got[lines] != "last@example.com" {
		t.Errorf("%d targets, %v", len(got), err)
	}
}

// TestReadTargetsErrors checks that errors keep their cause, and that a reader
// that fails is one.
func TestReadTargetsErrors(t *testing.T) {
	t.Parallel()
	_, err := collect(remediation.ReadTargets(strings.NewReader(strings.Repeat("a", 2000))))
	if !errors.Is(err, bufio.ErrTooLong) {
		t.Errorf("error %v, want %v", err, bufio.ErrTooLong)
	}
	broken := errors.New("the disk is gone")
	got, err := collect(remediation.ReadTargets(io.MultiReader(strings.NewReader("eve@example.com\n"), iotest.ErrReader(broken))))
	if !errors.Is(err, broken) || len(got) != 1 {
		t.Errorf("read %q, error %v, want %v", got, err, broken)
	}
}

// TestReadTargetsStops checks that nothing is read ahead of who does not want it.
func TestReadTargetsStops(t *testing.T) {
	t.Parallel()
	r := io.MultiReader(strings.NewReader("eve@example.com\nbob@example.com\n"), iotest.ErrReader(errors.New("read too far")))
	for name, err := range remediation.ReadTargets(r) {
		if name != "eve@example.com" || err != nil {
			t.Errorf("%q, %v", name, err)
		}
		break
	}
}

// FuzzReadTargets checks what holds of any text: each target is one word, an
// error comes last and alone, and what was read is read again as the same.
func FuzzReadTargets(f *testing.F) {
	for _, text := range []string{
		"", "\n", "a@example.com\r\n# b\n\nc", "\ufeffa\n\ufeff#b\n\ufeff\ufeffc", "a b", " a ", "a\x00b", "\r\r\n", "a\v\u00a0b", strings.Repeat("a", 1023) + "\nb", strings.Repeat("a", 1024) + "\nb",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got []string
		ended := false
		for name, err := range remediation.ReadTargets(strings.NewReader(string(text))) {
			switch {
			case ended:
				t.Fatalf("%q, %v after an error", name, err)
			case err != nil:
				wantRefusal(t, err, "line ")
				ended = true
				if name != "" {
					t.Errorf("%q comes with the error %v", name, err)
				}
				continue
			case name == "", strings.HasPrefix(name, "#"), name != strings.TrimSpace(name), strings.ContainsAny(name, " \t\n,;\x00"):
				t.Errorf("%q is no target", name)
			}
			got = append(got, name)
		}
		again, err := collect(remediation.ReadTargets(strings.NewReader(strings.Join(got, "\n"))))
		if strings.HasPrefix(strings.Join(got, "\n"), "\ufeff") || strings.Contains(strings.Join(got, "\n"), "\n\ufeff") {
			return // a second mark is no mark
		}
		if err != nil || strings.Join(again, "\n") != strings.Join(got, "\n") {
			t.Errorf("%q is read again as %q, %v", got, again, err)
		}
	})
}

// collect reads all, up to an error.
func collect(targets iter.Seq2[string, error]) (all []string, err error) {
	for name, e := range targets {
		if e != nil {
			return all, e
		}
		all = append(all, name)
	}
	return all, nil
}
