package oktaint

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A credentialSent is the credential that one attempt carried. Hints depend on its
// kind, and its secrets are taken out of every text that comes back.
type credentialSent struct {
	kind    Kind // of the credential; empty if none was sent
	secrets []string
}

// sentWith reads the credential from a request.
func sentWith(kind Kind, req *http.Request) credentialSent {
	_, token, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	return credentialSent{kind, []string{token, req.Header.Get(headerDPoP)}}
}

func (c credentialSent) scrubber() func(string) string { return scrubber(c.secrets...) }

// scrubber returns a func that takes secrets out of a text, in the forms in which
// servers and proxies repeat what they were sent. Scrub first and clip then: a
// text that was cut in the middle of a secret does not contain it any more.
func scrubber(secrets ...string) func(string) string {
	var forms []string
	for _, s := range secrets {
		if len(s) < leastSecret {
			continue
		}
		quoted, err := json.Marshal(s)
		if err != nil {
			panic(err) // a string always marshals
		}
		forms = append(forms, s, url.QueryEscape(s), url.PathEscape(s), html.EscapeString(s), strings.Trim(string(quoted), `"`),
			strings.ReplaceAll(s, "/", `\/`), base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)))
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) }) // the longest match wins
	var pairs []string
	for _, f := range slices.Compact(forms) {
		pairs = append(pairs, f, redacted)
	}
	return strings.NewReplacer(pairs...).Replace
}

// leastSecret is the length below which a text is not taken for a secret: scrubbing
// it would only garble what is said.
const leastSecret = 6

// cleanText returns a server's text without secrets, short enough for an error or a
// line of a log.
func cleanText(clean func(string) string, s string) string { return clip(clean(s)) }

// cleanError returns err, or an error with the same chain and a clean text. The text of
// err may repeat a secret, as that of a tracing transport may, or a long text that a
// server wrote instead of HTTP.
func cleanError(err error, clean func(string) string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if cleaned := cleanText(clean, text); cleaned != text {
		return &scrubbedError{text: cleaned, err: err}
	}
	return err
}

// A scrubbedError answers errors.Is and errors.As like err, and does not unwrap to it,
// since its text is not clean.
type scrubbedError struct {
	text string
	err  error
}

func (e *scrubbedError) Error() string        { return e.text }
func (e *scrubbedError) Is(target error) bool { return errors.Is(e.err, target) }
func (e *scrubbedError) As(target any) bool   { return errors.As(e.err, target) }

// Timeout keeps net.Error's question answered.
func (e *scrubbedError) Timeout() bool { return isTimeout(e.err) }

// cleanHeader returns a copy of h without the secrets.
func cleanHeader(h http.Header, clean func(string) string) http.Header {
	h = h.Clone()
	for _, values := range h {
		for i := range values {
			values[i] = clean(values[i])
		}
	}
	return h
}

// cleanBody returns an error's body without the secrets, however its JSON escapes them.
// It keeps at most so many bytes, in memory too.
func cleanBody(body []byte, clean func(string) string, most int) []byte {
	var doc any
	if json.Unmarshal(body, &doc) != nil {
		text := clean(string(body))
		return []byte(text[:min(len(text), most)])
	}
	out, err := json.Marshal(cleanJSON(doc, clean))
	if err != nil {
		return nil
	}
	return bytes.Clone(out[:min(len(out), most)])
}

func cleanJSON(v any, clean func(string) string) any {
	switch v := v.(type) {
	case string:
		return clean(v)
	case []any:
		for i := range v {
			v[i] = cleanJSON(v[i], clean)
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[clean(name)] = cleanJSON(member, clean)
		}
		return out
	}
	return v
}
