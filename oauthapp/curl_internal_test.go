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

// The words of a script mean to a shell what they say, whatever is in them.
func FuzzCurl(f *testing.F) {
	f.Add("it's $HOME `id` $(id) \"\\\" ${APP_ID} %s \n# more")
	f.Add("a\r\nexit 7\n")
	f.Add("';exit 7;'")
	f.Add("\\'\"$IFS!!~*?[a]\x7f\x81\x82\x88\xff\u2028é")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") {
			return // JSON and URLs have none
		}
		rs := RawRequests{
			{Purpose: s, Method: http.MethodPost, ContentType: s, Body: "x", body: template{s}, url: template{"u"}, Gives: []string{appIDName, clientIDName}},
			{Purpose: s, Method: http.MethodDelete, url: template{"u" + s, appIDName, s, clientIDName, ""}},
			{Purpose: s, Method: http.MethodPost, URL: s, Body: s, NotByHand: "no" + s},
		}
		want := slices.Concat(
			curlFixed, []string{"--request", "POST", "--header", "Content-Type: " + s, "--data-raw", s, "u"},
			curlFixed, []string{"--request", "DELETE", "u" + s + "app1" + s + "client-1"},
		)
		if got := runCurl(t, rs.Curl()); !slices.Equal(got, want) {
			t.Errorf("curl got %q, want %q", got, want)
		}
	})
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
