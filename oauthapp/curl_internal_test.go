//go:build unix

package oauthapp

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// curlStub stands for curl: it writes its arguments to a file, each ended by a
// NUL, and answers, to the search for apps with none.
const curlStub = `#!/bin/sh
printf '%s\000' "$@" >>arguments
printf 'HTTP/1.1 200 OK\r\nX-Rate-Limit-Reset: 7\r\n\r\n'
case $* in
*' GET '*) echo '[]' ;;
*) printf '%s\n' '{"label":"a,\"id\":\"wrong\"","id":"app1", "client_id" : "client-1","orn":"orn:oktapreview:idp:00o1:apps:oidc_client:app1","x":{"id":"wrong"}}' ;;
esac
`

// curlTexts are texts that mean something to a shell.
var curlTexts = []string{
	"it's $HOME `id` $(id) \"\\\" ${APP_ID} %s \n# more",
	"a\r\nexit 7\n",
	"';exit 7;'",
	"\\'\"$IFS!!~*?[a]\x7f\x81\x82\x88\xff\u2028é",
	"'\\''", "\\\n", "#", "-", "\t", "''", "a'b'c\\",
	"",
}

// curlRequests are requests with s wherever a text can stand, and what a shell has to
// give to curl for them, the search for the label first.
func curlRequests(s string) (rs RawRequests, want []string) {
	rs = RawRequests{
		{Purpose: s, Method: http.MethodPost, ContentType: s, Body: "x", body: template{s}, url: template{"u"}, Gives: []string{appIDName, clientIDName, iamORNName}, find: "f" + s, label: s},
		{Purpose: s, Method: http.MethodDelete, url: template{"u" + s, appIDName, s, clientIDName, "", iamORNName, ""}},
		{Purpose: s, Method: http.MethodPost, URL: s, Body: s, NotByHand: "no" + s},
	}
	return rs, slices.Concat(
		curlFixed, []string{"--request", "GET", "f" + s},
		curlFixed, []string{"--request", "POST", "--header", "Content-Type: " + s, "--data-raw", s, "u"},
		curlFixed, []string{"--request", "DELETE", "u" + s + "app1" + s + "client-1" + "orn:oktapreview:iam:00o1:contained_resources"},
	)
}

// The words of a script mean to a shell what they say, whatever is in them. A shell
// and the reading of a script that FuzzCurl has agree on that.
func TestCurlWords(t *testing.T) {
	t.Parallel()
	for _, s := range curlTexts {
		rs, want := curlRequests(s)
		if got := runCurl(t, rs.Curl()); !slices.Equal(got, want) {
			t.Errorf("%q: curl got %q, want %q", s, got, want)
		}
		if got := readCurl(t, rs.Curl()); !slices.Equal(got, want) {
			t.Errorf("%q: read as %q, want %q", s, got, want)
		}
	}
}

// FuzzCurl reads scripts as a POSIX shell does, without starting one.
func FuzzCurl(f *testing.F) {
	for _, s := range curlTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") {
			return // JSON and URLs have none
		}
		rs, want := curlRequests(s)
		if got := readCurl(t, rs.Curl()); !slices.Equal(got, want) {
			t.Errorf("curl would get %q, want %q", got, want)
		}
	})
}

// readCurl returns the arguments that a shell gives to curl by the commands of a
// script: the words behind "send PURPOSE", with the ids of curlStub's answer.
func readCurl(t *testing.T, script string) []string {
	t.Helper()
	_, script, ok := strings.Cut(script, curlHead)
	if !ok {
		t.Fatal("the script does not begin as it should")
	}
	var all []string
	for len(script) > 0 {
		var words []string
		words, script = shellCommand(t, script)
		switch {
		case len(words) == 0:
		case words[0] == "look":
			all = append(all, slices.Concat(curlFixed, []string{"--request", "GET", words[1]})...)
		case words[0] == "send":
			all = append(all, slices.Concat(curlFixed, words[2:])...)
		case !slices.Contains([]string{"need", "finish"}, words[0]) && !strings.Contains(words[0], "=$("):
			t.Fatalf("a command that nobody meant: %q", words)
		}
	}
	return all
}

// shellCommand reads one command off a script (POSIX.1, Shell Command Language, 2.2 and
// 2.3), as far as the scripts of this package use it.
func shellCommand(t *testing.T, s string) (words []string, rest string) {
	vars := map[string]string{appIDName: "app1", clientIDName: "client-1", iamORNName: "orn:oktapreview:iam:00o1:contained_resources"}
	var word strings.Builder
	within := false // a word has begun
	end := func() {
		if within {
			words = append(words, word.String())
		}
		word.Reset()
		within = false
	}
	for len(s) > 0 {
		switch c := s[0]; {
		case c == '\n':
			end()
			return words, s[1:]
		case c == ' ' || c == '\t':
			end()
			s = s[1:]
		case c == '#' && !within:
			_, s, _ = strings.Cut(s, "\n")
			return words, s
		case strings.HasPrefix(s, "\\\n"):
			s = s[2:]
		case c == '\\' && len(s) > 1:
			word.WriteByte(s[1])
			within, s = true, s[2:]
		case c == '\'':
			text, after, ok := strings.Cut(s[1:], "'")
			if !ok {
				t.Fatal("a quote does not end")
			}
			word.WriteString(text)
			within, s = true, after
		case c == '"':
			text, after, ok := strings.Cut(s[1:], `"`)
			name := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "$"), "{"), "}")
			if _, known := vars[name]; !ok || !known {
				t.Fatalf("in double quotes there is %q", text)
			}
			word.WriteString(vars[name])
			within, s = true, after
		case strings.HasPrefix(s, "$(field "), strings.HasPrefix(s, "$(iam_orn)"):
			text, after, _ := strings.Cut(s, ")")
			word.WriteString(text)
			within, s = true, after
		case strings.ContainsRune(";&|<>()$`~*?[", rune(c)):
			t.Fatalf("%q means something to a shell here", c)
		default:
			word.WriteByte(c)
			within, s = true, s[1:]
		}
	}
	end()
	return words, ""
}

var curlFixed = []string{"--silent", "--show-error", "--fail-with-body", "--globoff", "--http1.1", "--suppress-connect-headers", "--include", "--header", "@okta-headers", "--header", "Accept: application/json", "--header", "Expect:"}

// runCurl returns the arguments that the script gives to curl.
func runCurl(t *testing.T, script string) []string {
	t.Helper()
	args, out, err := runScript(t, script, map[string]string{"curl": curlStub})
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, script)
	}
	return args
}

// runScript runs a script with programs in the place of the system's, and returns what
// they wrote to the file arguments.
func runScript(t *testing.T, script string, programs map[string]string) (args []string, out string, err error) {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"okta-headers": "", "script.sh": script}
	maps.Copy(files, programs)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "sh", "script.sh")
	var all bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &all, &all
	cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH")}
	err = cmd.Run()
	written, readErr := os.ReadFile(filepath.Join(dir, "arguments"))
	if readErr != nil {
		t.Fatal(readErr)
	}
	return strings.Split(strings.TrimSuffix(string(written), "\x00"), "\x00"), all.String(), err
}

// After a 429 the script waits until the limit is reset, within bounds, and sends the
// same request again; after ten of them it stops.
func TestCurlWaits(t *testing.T) {
	t.Parallel()
	const stub = `#!/bin/sh
n=$(cat calls 2>/dev/null || echo 0)
echo $((n + 1)) >calls
printf 'HTTP/1.1 %s\r\nDate: now\r\nx-rate-limit-reset: RESET\r\n\r\n{"id":"app1","client_id":"c"}\n' "$(if [ "$n" -lt TIMES ]; then echo '429 Too Many Requests'; else echo '200 OK'; fi)"
if [ "$n" -lt TIMES ]; then exit 22; fi
`
	rs := RawRequests{{Purpose: "go", Method: http.MethodDelete, url: template{"u"}}}
	for _, tt := range []struct {
		reset, times string
		want         []string
		fails        bool
	}{
		{"1030", "1", []string{"31"}, false},
		{"1000", "2", []string{"1", "1"}, false},
		{"900", "3", []string{"1", "2", "3"}, false}, // the clock is off
		{"9999", "1", []string{"120"}, false},
		{"soon", "1", []string{"1"}, false},
		{"1001", "99", slices.Repeat([]string{"2"}, 10), true},
	} {
		waits, out, err := runScript(t, rs.Curl(), map[string]string{
			"curl":  strings.NewReplacer("RESET", tt.reset, "TIMES", tt.times).Replace(stub),
			"date":  "#!/bin/sh\necho 1000\n",
			"sleep": "#!/bin/sh\nprintf '%s\\000' \"$1\" >>arguments\n",
		})
		if !slices.Equal(waits, tt.want) || (err != nil) != tt.fails || !strings.Contains(out, "too many requests: waiting "+tt.want[0]+" s") {
			t.Errorf("reset %s, %s times: waited %q, want %q; %v\n%s", tt.reset, tt.times, waits, tt.want, err, out)
		}
	}
}

// The forms of a label are what JSON may have for it, each once.
func TestJSONForms(t *testing.T) {
	t.Parallel()
	for _, s := range curlTexts {
		if !utf8.ValidString(s) {
			continue // no label is like that
		}
		for _, form := range jsonForms(s) {
			var got string
			if err := json.Unmarshal([]byte(`"`+form+`"`), &got); err != nil || got != s {
				t.Errorf("%q: %q is %q, %v", s, form, got, err)
			}
		}
	}
	if got := jsonForms("R&D"); !slices.Equal(got, []string{"R&D", `R\u0026D`}) {
		t.Errorf("%q", got)
	}
	if got := jsonForms("acme"); len(got) != 1 {
		t.Errorf("%q", got)
	}
}
