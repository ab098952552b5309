package oktaint_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// transports are what happens to the text of a key before it is read.
var transports = map[string]func(string) string{
	"none":                  func(s string) string { return s },
	`\n`:                    breaks(`\n`),
	`\\n`:                   breaks(`\\n`),
	`\\\\n`:                 breaks(`\\\\n`),
	`16 backslashes`:        breaks(strings.Repeat(`\`, 16) + "n"),
	`\r\n`:                  breaks(`\r\n`),
	`\\r\\n`:                breaks(`\\r\\n`),
	`\r`:                    breaks(`\r`),
	`\u000a`:                breaks(`\u000a`),
	`\u000D\u000A`:          breaks(`\u000D\u000A`),
	`\x0a`:                  breaks(`\x0a`),
	"a backslash, too":      breaks("\\\n"),
	"CRLF":                  breaks("\r\n"),
	"CR":                    breaks("\r"),
	"empty lines":           breaks("\n\n"),
	"blanks":                breaks(" "),
	"four blanks":           breaks("    "),
	"tabs":                  breaks("\t"),
	"space without break":   breaks("\u00a0"),
	"line separators":       breaks("\u2028"),
	"space without width":   breaks("\u200b\n"),
	"indented":              breaks("\n      "),
	"indented by tabs":      func(s string) string { return "\t" + breaks("\n\t")(s) },
	"blanks at line ends":   breaks("  \n"),
	"byte order mark":       func(s string) string { return "\ufeff" + s },
	"UTF-16":                func(s string) string { return utf16Of(s, true, true) },
	"UTF-16 big":            func(s string) string { return utf16Of(s, false, true) },
	"UTF-16 without mark":   func(s string) string { return utf16Of(s, true, false) },
	"quotes":                func(s string) string { return `"` + s + `"` },
	"single quotes":         func(s string) string { return "'" + s + "'\n" },
	"quotes in quotes":      func(s string) string { return `'"` + s + `"'` },
	"escaped quotes":        func(s string) string { return `\"` + breaks(`\n`)(s) + `\"` },
	"JSON string":           func(s string) string { b, _ := json.Marshal(s); return string(b) },
	"JSON string twice":     func(s string) string { b, _ := json.Marshal(s); b, _ = json.Marshal(string(b)); return string(b) },
	"white space around":    func(s string) string { return " \n\t" + s + "\r\n " },
	"escapes around":        func(s string) string { return `\n` + s + `\n` },
	"base64":                func(s string) string { return string(base64Of([]byte(s))) },
	"base64, no padding":    func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64url":             func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"base64url, no padding": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"base64 in lines":       func(s string) string { return wrapped(string(base64Of([]byte(s))), "\n") + "\n" },
	"base64 in lines, \\n":  func(s string) string { return wrapped(string(base64Of([]byte(s))), `\n`) },
	"base64 in CRLF":        func(s string) string { return wrapped(string(base64Of([]byte(s))), "\r\n ") },
	"base64 in quotes":      func(s string) string { return `"` + string(base64Of([]byte(s))) + `"` },
	"base64 of \\n":         func(s string) string { return string(base64Of([]byte(breaks(`\n`)(s)))) },
	"base64 of UTF-16":      func(s string) string { return string(base64Of([]byte(utf16Of(s, true, true)))) },
	"base64 of base64":      func(s string) string { return string(base64Of(base64Of([]byte(s)))) },
	"percent":               func(s string) string { return url.PathEscape(s) },
	"form":                  url.QueryEscape,
}

// onlyPEM are transports after which only PEM can be recognised.
var onlyPEM = map[string]func(string) string{
	"nothing": breaks(""),
	"a label": func(s string) string { return "OKTA_CLIENT_PRIVATEKEY=\"" + breaks(`\n`)(s) + "\"\n" },
	"a comma": func(s string) string { return `"private_key": "` + breaks(`\n`)(s) + `",` },
	"attributes": func(s string) string {
		return "Bag Attributes\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n" + s
	},
	"words":      func(s string) string { return strings.Join(strings.Fields(s), "\n") },
	"no blanks":  func(s string) string { return strings.Join(strings.Fields(s), "") },
	"no padding": func(s string) string { return strings.ReplaceAll(s, "=", "") },
	"in lower case": func(s string) string {
		return label.ReplaceAllStringFunc(s, func(m string) string { return m[:len("-----BEGIN")] + strings.ToLower(m[len("-----BEGIN"):]) })
	},
}

var label = regexp.MustCompile("-----BEGIN [A-Z ]+|-----END [A-Z ]+")

func breaks(with string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "\n", with) }
}

func wrapped(s, with string) string {
	var out []string
	for len(s) > 76 {
		out, s = append(out, s[:76]), s[76:]
	}
	return strings.Join(append(out, s), with)
}

func utf16Of(s string, little, mark bool) string {
	var out []byte
	if mark {
		s = "\ufeff" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if little {
			out = append(out, byte(u), byte(u>>8))
		} else {
			out = append(out, byte(u>>8), byte(u))
		}
	}
	return string(out)
}

// A key is read after every known damage to its text.
func TestParseKeyTransport(t *testing.T) {
	t.Parallel()
	cells := 0
	check := func(name, form, text string, want oktaint.PublicKey) {
		cells++
		if key, err := oktaint.ParseKey([]byte(text), ""); err != nil || !key.Public().Equal(want) {
			t.Errorf("%s, %s: %v, %v (%.60q)", name, form, key, err, text)
		}
	}
	for _, name := range goodKeys {
		want, text := readKey(t, name).Public(), string(readFile(t, name))
		for form, do := range transports {
			check(name, form, do(text), want)
		}
		for form, do := range onlyPEM {
			check(name, form, do(text), want)
		}
		check(name, "DER", string(derOf(t, name)), want)
		check(name, "DER in base64", string(base64Of(derOf(t, name))), want)
		check(name, "DER in base64, blanks", wrapped(string(base64Of(derOf(t, name))), " "), want)
		check(name, "under another label", strings.NewReplacer("EC PRIVATE", "PRIVATE", "RSA PRIVATE", "EC PRIVATE").Replace(text), want)
	}
	for _, name := range []string{"rsa2048_TEST_ONLY.pem", "ec_p256_TEST_ONLY.pem", "ec_p521_TEST_ONLY.pem"} {
		want := readKey(t, name).Public()
		for shape, jwk := range jwkShapes(t, name) {
			for form, do := range transports {
				check(name, shape+", "+form, do(jwk), want)
			}
		}
	}
	t.Logf("%d cells", cells)
}
