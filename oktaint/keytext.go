package oktaint

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// This file repairs the text of a key that was changed on its way through
// environment variables, forms, vaults and editors.

// escaped is a line break, a tab or a quotation mark with any number of
// backslashes before it, since each tool on the way may add some.
var escaped = regexp.MustCompile(`\\+(u000[aAdD9]|x0[aAdD9]|[nrt"'])`)

// unescape turns escapes into white space and quotation marks.
func unescape(s string) string {
	return escaped.ReplaceAllStringFunc(s, func(m string) string {
		switch last := m[len(m)-1:]; last {
		case `"`, "'":
			return last
		case "t", "9":
			return "\t"
		}
		return "\n"
	})
}

// percentEncoded matches text as a URL or a form carries it.
var percentEncoded = regexp.MustCompile(`(?i)BEGIN(%20|\+)([A-Z]+(%20|\+))*PRIVATE(%20|\+)KEY|^%7B|^%5B`)

// plain returns the text of a key without white space and quotation marks around it.
func plain(data []byte) string {
	s := decodeUTF(data)
	for range 4 { // quotation marks within quotation marks
		inner := unquoted(trimmed(s))
		inner = strings.TrimPrefix(strings.TrimSuffix(inner, `\"`), `\"`)
		if inner == s {
			break
		}
		s = inner
	}
	if percentEncoded.MatchString(s) {
		if !strings.Contains(s, "%20") { // as forms write blanks
			s = strings.ReplaceAll(s, "+", " ")
		}
		if decoded, err := url.PathUnescape(s); err == nil {
			s = trimmed(decoded)
		}
	}
	return trimmed(unescapeEnds(s))
}

// unescapeEnds drops line breaks written as escapes around s.
func unescapeEnds(s string) string {
	if loc := escaped.FindStringIndex(s); loc != nil && loc[0] == 0 && s[loc[1]-1] != '"' && s[loc[1]-1] != '\'' {
		s = s[loc[1]:]
	}
	return s
}

// decodeUTF returns data as UTF-8 without a byte order mark. Editors and shells
// of Windows write UTF-16.
func decodeUTF(data []byte) string {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(data) < 2 {
		return string(data)
	}
	little := data[0] == 0xff && data[1] == 0xfe || data[0] != 0 && data[1] == 0
	if big := data[0] == 0xfe && data[1] == 0xff || data[0] == 0 && data[1] != 0; !little && !big {
		return string(data)
	}
	units := make([]uint16, 0, len(data)/2)
	for ; len(data) >= 2; data = data[2:] {
		if little {
			units = append(units, uint16(data[0])|uint16(data[1])<<8)
		} else {
			units = append(units, uint16(data[1])|uint16(data[0])<<8)
		}
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
}

// withoutSpace returns s without white space, invisible characters and the
// backslashes that continue a line.
func withoutSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == '\\' {
			return -1
		}
		return r
	}, s)
}

// plainJSON returns JSON whose quotation marks and line breaks were escaped, or
// whose white space is not that of JSON. A JWK has none of them in its values.
func plainJSON(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r) || r == '\\':
			return -1
		}
		return r
	}, unescape(s))
}

// decodeBase64 reads base64 in either alphabet, with or without padding, and with
// line breaks of any kind in it.
func decodeBase64(s string) ([]byte, bool) {
	s = strings.TrimRight(withoutSpace(unescape(s)), "=")
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	return b, err == nil && len(b) > 0
}

// isBase64 reports whether s is long enough to hold a key in base64, and has only
// characters of base64. It must have digits and letters of both cases, which the name
// of a file rarely has.
func isBase64(s string) bool {
	s = withoutSpace(unescape(s))
	return len(s) >= 64 && strings.ContainsFunc(s, unicode.IsUpper) && strings.ContainsFunc(s, unicode.IsLower) && strings.ContainsFunc(s, unicode.IsDigit) && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("+/-_=", r))
	})
}

// looksLikeFile reports whether s is the name of a file rather than the content of
// one.
func looksLikeFile(s string) bool {
	if s == "" || len(s) > 1024 || strings.ContainsFunc(s, unicode.IsControl) || strings.Contains(s, "-----") {
		return false
	}
	return fileBeginning.MatchString(s) && !isBase64(s) || fileEnd.MatchString(s)
}

var (
	fileBeginning = regexp.MustCompile(`^(~|\.{1,2})?[/\\]|^~|^[A-Za-z]:[/\\]|^(?i:file:)`)
	fileEnd       = regexp.MustCompile(`(?i)^[^{}]+\.(pem|key|json|jwks?|der|p8|pk8|pkcs8|p12|pfx|ppk|txt|crt|cer|cert|pub|asc|enc)$`)
)
