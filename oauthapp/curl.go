package oauthapp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
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
# stays. It makes no second app: if the org has an app of this label already, it
# stops before it writes. Then print the requests again with an API token, and
# they are those that are still to do. After a 429 it waits for the limit to be
# reset.
set -eu
headers=${OKTA_HEADERS:-okta-headers}
if ! [ -r "$headers" ]; then
	printf '%s\n' "there is no file $headers: the top of this script says how to make it" >&2
	exit 2
fi

# send PURPOSE ARGUMENT... sends a request and keeps the answer. One that is answered
# 429 was not done; it is sent again once the limit is reset.
send() {
	printf '%s\n' "$1" >&2
	shift
	for try in 1 2 3 4 5 6 7 8 9 10; do
		failed=0
		got=$(curl --silent --show-error --fail-with-body --globoff --http1.1 --suppress-connect-headers --include \
			--header "@$headers" --header 'Accept: application/json' --header 'Expect:' "$@") || failed=1
		head=$(printf '%s\n' "$got" | tr -d '\r' | sed '/^$/q')
		answer=$(printf '%s\n' "$got" | tr -d '\r' | sed '1,/^$/d')
		if [ "$failed" = 0 ]; then
			return
		fi
		case $(printf '%s\n' "$head" | sed -n '1s/^[^ ]* \([0-9]*\).*/\1/p') in
		429) rest "$try" ;;
		*) break ;;
		esac
	done
	printf '%s\n' "$answer" >&2
	exit 1
}

# rest TRY waits until the limit is reset, for two minutes at the most: the clock here
# may be wrong.
rest() {
	reset=$(printf '%s\n' "$head" | sed -n 's/^[Xx]-[Rr]ate-[Ll]imit-[Rr]eset:[[:space:]]*\([0-9][0-9]*\).*/\1/p' | sed 1q)
	seconds=$((${reset:-0} - $(date +%s) + 1))
	if [ "$seconds" -lt 1 ]; then
		seconds=$1
	elif [ "$seconds" -gt 120 ]; then
		seconds=120
	fi
	printf '%s\n' "  too many requests: waiting $seconds s" >&2
	sleep "$seconds"
}

# look URL LABEL... stops if the org has an app of this label, which is given in each
# form that JSON has for it.
look() {
	send 'look whether the org has an app of this label' --request GET "$1"
	shift
	case $answer in
	'['*) ;;
	*)
		printf '%s\n' "the answer is not a list of apps:" "$answer" >&2
		exit 1
		;;
	esac
	for label in "$@"; do
		if printf '%s\n' "$answer" | sed 's/"[[:space:]]*:[[:space:]]*"/":"/g' | grep -F -e "\"label\":\"$label\"" >/dev/null; then
			printf '%s\n' "the org has an app of this label already, so nothing was written: print the requests again with an API token" >&2
			exit 1
		fi
	done
}

# field NAME prints the first field of that name in the answer.
field() {
	printf '%s\n' "$answer" | tr '{,' '\n\n' |
		sed -n '/^[[:space:]]*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"\]*\)".*/{s//\1/p;q;}'
}

# iam_orn prints the ORN of the roles and admin assignments of the org, from that of the
# app in the answer: orn:PARTITION:idp:ORGID:apps:... has the same PARTITION and ORGID.
iam_orn() {
	field orn | sed -n 's/^orn:\([^:]\{1,\}\):[^:]*:\([^:]\{1,\}\):.*/orn:\1:iam:\2:contained_resources/p'
}

# need NAME VALUE stops if an answer did not hold an id.
need() {
	case $2 in
	'' | *[!0-9A-Za-z_:-]*)
		printf '%s\n' "the answer holds no $1:" "$answer" >&2
		exit 1
		;;
	esac
}

# finish says what was made, and how to verify it.
finish() {
	printf 'application_id: %s\nclient_id: %s\n' "$APP_ID" "$CLIENT_ID"
	printf '%s\n' 'All was sent. To verify that the app works, run onboard with --key and the same' \
		'flags: it then finds nothing to do, gets a token with the key, and says what the' \
		'app sees. Afterwards delete the file with the API token, and revoke the token.' >&2
}
`

// answers are the commands that take what placeholders stand for out of an answer.
var answers = map[string]string{
	appIDName: "field id", clientIDName: "field client_id", iamORNName: "iam_orn",
	ownRoles[responseRole].roleID: "field id", ownRoles[responseRole].setID: "field id",
	ownRoles[iamReader].roleID: "field id", ownRoles[iamReader].setID: "field id",
}

// Curl returns the requests as a script for a POSIX shell that sends them with
// curl, all but the token request. It holds no credential: its first lines say
// how to make the file that it reads one from. A script that makes an app looks for its
// label first.
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
		r.writeCurl(&b, i+1)
		for _, name := range r.Gives {
			fmt.Fprintf(&b, "%s=$(%s)\nneed %s \"$%s\"\n", name, answers[name], name, name)
			given[name] = true
		}
	}
	if given[appIDName] {
		b.WriteString("\nfinish\n")
	}
	return b.String()
}

// writeCurl writes the commands that send the n-th request, after a look for the label if
// it makes an app.
func (r RawRequest) writeCurl(b *strings.Builder, n int) {
	if r.find != "" {
		fmt.Fprintf(b, "look %s", quote(r.find))
		for _, form := range jsonForms(r.label) {
			b.WriteString(" " + quote(form))
		}
		b.WriteString("\n\n")
	}
	fmt.Fprintf(b, "send %s", quote(fmt.Sprintf("%d. %s", n, r.Purpose)))
	for _, arg := range r.curlArguments() {
		b.WriteString(" \\\n\t" + arg)
	}
	b.WriteByte('\n')
}

// jsonForms are the ways in which JSON may hold a text: with as few escapes as possible,
// and as Go writes it. The quotes around it are left out.
func jsonForms(text string) []string {
	var plain strings.Builder
	for _, r := range text {
		switch {
		case r == '"' || r == '\\' || r < ' ':
			escaped, _ := json.Marshal(string(r)) // a string cannot fail
			plain.Write(escaped[1 : len(escaped)-1])
		default:
			plain.WriteRune(r)
		}
	}
	whole, _ := json.Marshal(text)
	return slices.Compact([]string{plain.String(), string(whole[1 : len(whole)-1])})
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
