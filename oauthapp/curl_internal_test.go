//go:build unix

package oauthapp

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// curlStub stands for curl: it writes its arguments to a file, each ended by a
// NUL, and answers.
const curlStub = `#!/bin/sh
printf '%s\000' "$@" >>arguments
printf '%s\n' '{"label":"a,\"id\":\"wrong\"","id":"app1", "client_id" : "client-1","x":{"id":"wrong"}}'
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
// give to curl for them.
func curlRequests(s string) (rs RawRequests, want []string) {
	rs = RawRequests{
		{Purpose: s, Method: http.MethodPost, ContentType: s, Body: "x", body: template{s}, url: template{"u"}, Gives: []string{appIDName, clientIDName}},
		{Purpose: s, Method: http.MethodDelete, url: template{"u" + s, appIDName, s, clientIDName, ""}},
		{Purpose: s, Method: http.MethodPost, URL: s, Body: s, NotByHand: "no" + s},
	}
	return rs, slices.Concat(
		curlFixed, []string{"--request", "POST", "--header", "Content-Type: " + s, "--data-raw", s, "u"},
		curlFixed, []string{"--request", "DELETE", "u" + s + "app1" + s + "client-1"},
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
		case words[0] == "send":
			all = append(all, slices.Concat(curlFixed, words[2:])...)
		case !slices.Contains([]string{"need", "printf"}, words[0]) && !strings.Contains(words[0], "=$(field"):
			t.Fatalf("a command that nobody meant: %q", words)
		}
	}
	return all
}

// shellCommand reads one command off a script (POSIX.1, Shell Command Language, 2.2 and
// 2.3), as far as the scripts of this package use it.
func shellCommand(t *testing.T, s string) (words []string, rest string) {
	vars := map[string]string{appIDName: "app1", clientIDName: "client-1"}
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
		case strings.HasPrefix(s, "$(field "):
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

var curlFixed = []string{"--silent", "--show-error", "--fail-with-body", "--globoff", "--http1.1", "--header", "@okta-headers", "--header", "Accept: application/json"}

// runCurl returns the arguments that the script gives to curl.
func runCurl(t *testing.T, script string) []string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"curl": curlStub, "okta-headers": "", "script.sh": script} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "sh", "script.sh")
	var out bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
	cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH")}
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, &out, script)
	}
	args, err := os.ReadFile(filepath.Join(dir, "arguments"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(args), "\x00"), "\x00")
}
