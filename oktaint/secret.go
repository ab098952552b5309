package oktaint

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// redacted stands wherever a secret would.
const redacted = "redacted"

// A Secret is a string that must not be seen: an API token, a client secret, a
// private key. It prints as "redacted" under every fmt verb, in slog and in
// JSON; [Secret.Reveal] is the only way to its value. The zero Secret is empty.
type Secret struct {
	// fmt calls no methods on unexported fields: behind a pointer the value
	// is out of its reach there too.
	value *string
}

// NewSecret returns a Secret that holds s as it is: a password may begin with a
// blank. White space around a pasted token or client secret, such as a line break, is
// dropped when the credential is used or parsed.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{&s}
}

// Reveal returns the value.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether the Secret is empty.
func (s Secret) IsZero() bool { return s.value == nil }

// Format implements [fmt.Formatter]: every verb prints "redacted", or nothing if the
// Secret is empty.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// String returns "redacted", or the empty string if the Secret is empty.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// MarshalText implements [encoding.TextMarshaler] with the form of String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements [slog.LogValuer] with the form of String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// maxCredentialText is longer than any token, secret or id, and shorter than the
// longest header line that servers accept.
const maxCredentialText = 4096

// ParseAPIToken reads an API token as people paste it. White space and quotation
// marks around it are dropped, and so is the scheme: "SSWS 00abc" is 00abc. It is
// an error if the rest cannot be sent, for example because it has a line break
// inside. The error says what is wrong, and repeats no part of s. An empty text gives the zero Secret.
func ParseAPIToken(s string) (Secret, error) { return NewSecret(s).apiToken() }

// apiToken returns s as it is sent after "SSWS": without the white space and the
// quotation marks around it, and without a pasted scheme. The error says what is
// wrong with anything that cannot be an API token. It never repeats any part of s.
func (s Secret) apiToken() (Secret, error) {
	text := unquoted(trimmed(s.Reveal()))
	if rest, ok := cutWord(text, "Authorization:"); ok {
		text = trimmed(rest)
	}
	if rest, ok := cutWord(text, "SSWS"); ok {
		text = trimmed(rest)
	} else if _, ok := cutWord(text, "Bearer"); ok {
		return Secret{}, errors.New("oktaint: the API token begins with Bearer, as an OAuth access token does: give an API token (Admin Console: Security, API, Tokens)")
	}
	text, err := sendable("the API token", unquoted(text))
	return NewSecret(text), err
}

// ParseClientSecret reads a client secret as people paste it: white space around it
// is dropped. It is an error if the rest cannot be sent, as for [ParseAPIToken]. An
// empty text gives the zero Secret.
func ParseClientSecret(s string) (Secret, error) { return NewSecret(s).clientSecret() }

// clientSecret returns s as it is sent: without the white space around it. The
// error says what is wrong with anything that cannot be a client secret. It never
// repeats any part of s.
func (s Secret) clientSecret() (Secret, error) {
	text, err := sendable("the client secret", s.Reveal())
	return NewSecret(text), err
}

// cleanID returns an id without the white space and the quotation marks around
// it. The error names the id by what, such as "the client id", and does not repeat
// it.
func cleanID(what, id string) (string, error) {
	return sendable(what, unquoted(trimmed(id)))
}

// sendable returns text without the white space around it, or says why it cannot
// be sent in a request. An empty text is not an error.
func sendable(what, text string) (string, error) {
	text = trimmed(text)
	if len(text) > maxCredentialText {
		return "", fmt.Errorf("oktaint: %s has %d characters, more than any has: check what was copied", what, len(text))
	}
	for _, r := range text {
		var has string
		switch {
		case r == '\n' || r == '\r':
			has = "a line break"
		case unicode.IsSpace(r):
			has = "white space"
		case r < ' ' || r == 0x7f:
			has = "a control character"
		case r > '~':
			has = "a character that is not ASCII"
		default:
			continue
		}
		return "", fmt.Errorf("oktaint: %s has %s inside: copy it again, in one piece", what, has)
	}
	return text, nil
}

// trimmed returns s without the white space around it. It also drops invisible
// characters: a byte order mark, or a space without width.
func trimmed(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
}

// unquoted returns s without the quotation marks that a .env file left around it.
func unquoted(s string) string {
	if n := len(s); n >= 2 && s[0] == s[n-1] && strings.ContainsRune("\"'`", rune(s[0])) {
		return trimmed(s[1 : n-1])
	}
	return s
}

// cutWord returns what follows word, in any case, and a blank at the beginning of
// s. A word that ends in a colon needs no blank.
func cutWord(s, word string) (rest string, ok bool) {
	if len(s) < len(word) || !strings.EqualFold(s[:len(word)], word) {
		return s, false
	}
	rest = s[len(word):]
	if rest == "" || strings.HasSuffix(word, ":") {
		return rest, true
	}
	first, _ := utf8.DecodeRuneInString(rest)
	return rest, unicode.IsSpace(first)
}

var (
	_ fmt.Formatter  = Secret{}
	_ slog.LogValuer = Secret{}
)
