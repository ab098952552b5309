package oauthapp

import (
	"fmt"
	"net/http"
	"strings"
)

// curlHead is the part of a script that is the same for all plans. The answer
// is taken apart with tr and sed because a POSIX system has no tool for JSON: a
// quote inside of a JSON string has a backslash before it, so only the name of
// a field begins a line with one.
const curlHead = `#
# The credential is read from a file, so that it is neither in here nor on a
# command line. Make the file for yourself alone (mode 0600): run the first
# line, enter the second one with an API token of a Super Admin in the place
# of TOKEN, and end with Ctrl-D.
#
#   (umask 077 && cat > okta-headers)
#   Authorization: SSWS TOKEN
#
# Run this script beside the file, or name the file in OKTA_HEADERS, and delete
# the file afterwards. curl has to be 7.76 or newer.
#
# The script stops at the first request that fails, and what was done by then
# stays. Do not run it twice, which may make a second app: print the requests
# again, and they are those that are still to do.
set -eu
headers=${OKTA_HEADERS:-okta-headers}
if ! [ -r "$headers" ]; then
	printf '%s\n' "there is no file $headers: the top of this script says how to make it" >&2
	exit 2
fi

# send PURPOSE ARGUMENT... sends a request and keeps the answer.
send() {
	printf '%s\n' "$1" >&2
	shift
	answer=$(curl --silent --show-error --fail-with-body --globoff --http1.1 \
		--header "@$headers" --header 'Accept: application/json' "$@") || {
		printf '%s\n' "$answer" >&2
		exit 1
	}
}

# field NAME prints the first field of that name in the answer.
field() {
	printf '%s\n' "$answer" | tr '{,' '\n\n' |
		sed -n '/^[[:space:]]*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"\]*\)".*/{s//\1/p;q;}'
}

# need NAME VALUE stops if an answer did not hold an id.
need() {
	case $2 in
	'' | *[!0-9A-Za-z_-]*)
		printf '%s\n' "the answer holds no $1:" "$answer" >&2
		exit 1
		;;
	esac
}
`

// fields are the fields of the answers that placeholders stand for.
var fields = map[string]string{appIDName: "id", clientIDName: "client_id"}

// Curl returns the requests as a script for a POSIX shell that sends them with
// curl, all but the token request. It holds no credential: its first lines say
// how to make the file that it reads one from.
func (rs RawRequests) Curl() string {
	var b strings.Builder
	b.WriteString("#!/bin/sh\n" + comment("Sends what is to be done in the org, one request after the other.") + curlHead)
	given := map[string]bool{}
	for i, r := range rs {
		b.WriteByte('\n')
		if r.NotByHand != "" {
			b.WriteString(comment(fmt.Sprintf("%d. %s. Not by hand: %s.\n%s %s\n%s",
				i+1, r.Purpose, r.NotByHand, r.Method, r.URL, r.Body)))
			continue
		}
		fmt.Fprintf(&b, "send %s", quote(fmt.Sprintf("%d. %s", i+1, r.Purpose)))
		for _, arg := range r.curlArguments() {
			b.WriteString(" \\\n\t" + arg)
		}
		b.WriteByte('\n')
		for _, name := range r.Gives {
			fmt.Fprintf(&b, "%s=$(field %s)\nneed %s \"$%s\"\n", name, fields[name], name, name)
			given[name] = true
		}
	}
	if given[appIDName] {
		b.WriteString("\nprintf 'application_id: %s\\nclient_id: %s\\n' \"$APP_ID\" \"$CLIENT_ID\"\n")
	}
	return b.String()
}

func (r RawRequest) curlArguments() []string {
	args := []string{"--request " + r.Method}
	switch {
	case r.Body != "":
		args = append(args, "--header "+quote("Content-Type: "+r.ContentType), "--data-raw "+r.body.quoted())
	case r.Method == http.MethodPost || r.Method == http.MethodPut:
		// Content-Length: 0, and no type of a body that is not there.
		args = append(args, "--header 'Content-Type:'", "--data-raw ''")
	}
	return append(args, r.url.quoted())
}

// quoted is the template as one word of a shell command, with the placeholders
// as variables.
func (t template) quoted() string {
	var b strings.Builder
	for i, s := range t {
		switch {
		case i%2 == 1:
			b.WriteString(`"${` + s + `}"`)
		case s != "" || len(t) == 1:
			b.WriteString(quote(s))
		}
	}
	return b.String()
}

// quote is s as one word of a shell command. Between single quotes a POSIX
// shell leaves everything as it is, but there can be no single quote (POSIX.1,
// Shell Command Language, 2.2.2). s has no NUL, which no argument can hold.
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// comment is s behind a # on each of its lines.
func comment(s string) string {
	s = strings.ReplaceAll(s, "\r", " ")
	return "# " + strings.ReplaceAll(s, "\n", "\n# ") + "\n"
}
