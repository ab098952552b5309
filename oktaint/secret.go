package oktaint

import (
	"fmt"
	"io"
	"log/slog"
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

// NewSecret returns a Secret that holds s.
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

// Format implements [fmt.Formatter]: every verb prints "redacted", or nothing
// where the Secret is empty.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// String returns "redacted", or the empty string where the Secret is empty.
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

var (
	_ fmt.Formatter  = Secret{}
	_ slog.LogValuer = Secret{}
)
