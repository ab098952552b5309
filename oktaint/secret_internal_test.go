package oktaint

import (
	"strings"
	"testing"
)

// White space around a token, a secret or an id is dropped. An error inside is reported
// at once, and repeats no part of the text.
func TestSendable(t *testing.T) {
	t.Parallel()
	token := func(s string) (string, error) { c, err := ParseAPIToken(s); return c.Reveal(), err }
	secret := func(s string) (string, error) { c, err := ParseClientSecret(s); return c.Reveal(), err }
	id := func(s string) (string, error) { return cleanID("the client id", s) }
	for _, tt := range []struct {
		name string
		read func(string) (string, error)
		in   string
		want string // or, after an exclamation mark, what the error says
	}{
		{"token", token, "", ""},
		{"token", token, "00hunter2", "00hunter2"},
		{"token", token, "00hunter2\n", "00hunter2"},
		{"token", token, "00hunter2\r\n", "00hunter2"},
		{"token", token, " \t00hunter2\u00a0", "00hunter2"},
		{"token", token, "\ufeff00hunter2\u200b", "00hunter2"},
		{"token", token, "\"00hunter2\"\n", "00hunter2"},
		{"token", token, "'SSWS 00hunter2'", "00hunter2"},
		{"token", token, "SSWS 00hunter2", "00hunter2"},
		{"token", token, "ssws\t 00hunter2\n", "00hunter2"},
		{"token", token, "SSWS\u00a000hunter2", "00hunter2"},
		{"token", token, "Authorization: SSWS 00hunter2", "00hunter2"},
		{"token", token, "authorization:SSWS \"00hunter2\"", "00hunter2"},
		{"token", token, "SSWS", ""},
		{"token", token, " SSWS \n", ""},
		{"token", token, "SSWShunter2", "SSWShunter2"},
		{"token", token, "-_hunter2", "-_hunter2"},
		{"token", token, "Bearer hunter2", "!begins with Bearer"},
		{"token", token, "Authorization: bearer hunter2", "!begins with Bearer"},
		{"token", token, "hunter2\nhunter2", "!a line break inside"},
		{"token", token, "hunter2\rx", "!a line break inside"},
		{"token", token, "hunter2 x", "!white space inside"},
		{"token", token, "SSWS SSWS hunter2", "!white space inside"},
		{"token", token, "hunter2\u2028x", "!white space inside"},
		{"token", token, "hunter2\x00x", "!a control character inside"},
		{"token", token, "hunter2\x1b[2Jx", "!a control character inside"},
		{"token", token, "hunter2\x7fx", "!a control character inside"},
		{"token", token, "hunter2\u200bx", "!not ASCII"},
		{"token", token, "hunter2–x", "!not ASCII"},
		{"token", token, "hunter2\xff", "!not ASCII"},
		{"token", token, strings.Repeat("hunter2", 1000), "!7000 characters"},
		{"secret", secret, "s3:cr/et+ü"[:8] + "\n", "s3:cr/et"},
		{"secret", secret, "\"quoted\"", "\"quoted\""}, // an admin may have chosen it
		{"secret", secret, "SSWS", "SSWS"},
		{"secret", secret, "hunter2 x", "!white space inside"},
		{"secret", secret, "hunter2\n\nx", "!a line break inside"},
		{"id", id, " 0oa1\r\n", "0oa1"},
		{"id", id, "\"0oa1\"", "0oa1"},
		{"id", id, "a$-_.+!*'(),b", "a$-_.+!*'(),b"},
		{"id", id, "hunter2\nx", "!the client id has a line break inside"},
		{"id", id, "hunter2\vx", "!white space inside"},
		{"id", id, "hunter2\x01", "!a control character inside"},
	} {
		got, err := tt.read(tt.in)
		if part, fails := strings.CutPrefix(tt.want, "!"); fails {
			if err == nil || !strings.HasPrefix(err.Error(), "oktaint: the ") || !strings.Contains(err.Error(), part) || got != "" {
				t.Errorf("%s %q = %q, %v; want an error with %q", tt.name, tt.in, got, err, part)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s %q: the error repeats it: %v", tt.name, tt.in, err)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("%s %q = %q, %v; want %q", tt.name, tt.in, got, err, tt.want)
		}
	}
	if got := NewSecret(" pass word\n").Reveal(); got != " pass word\n" {
		t.Errorf("NewSecret changed a password to %q", got)
	}
}

func FuzzSendable(f *testing.F) {
	for _, s := range []string{"", "00a\n", "SSWS 00a", "\"a\"", "Authorization: SSWS a", "Bearer a", "a b", "\x00", "\ufeff'a'", "`SSWS `"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		token, err1 := NewSecret(s).apiToken()
		secret, err2 := NewSecret(s).clientSecret()
		id, err3 := cleanID("the client id", s)
		for i, got := range []string{token.Reveal(), secret.Reveal(), id} {
			if strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r > '~' }) || !strings.Contains(s, got) {
				t.Fatalf("%d: %q gives %q, which cannot be sent or is something else", i, s, got)
			}
		}
		if again, err := token.apiToken(); err1 == nil && token.Reveal() == trimmed(s) && (err != nil || again.Reveal() != token.Reveal()) {
			t.Fatalf("%q gives %q, and that %q, %v", s, token.Reveal(), again.Reveal(), err)
		}
		for _, err := range []error{err1, err2, err3} {
			if err != nil && len(trimmed(s)) > 20 && strings.Contains(err.Error(), trimmed(s)) {
				t.Fatalf("the error repeats %q: %v", s, err)
			}
		}
	})
}
