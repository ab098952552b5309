package oktaint

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"strings"
)

// maxCauses bounds the reasons that are kept of an answer.
const maxCauses = 20

// An errorDocument has the members in which servers say what went wrong: Okta's
// API, the token endpoint (RFC 6749, section 5.2), Okta's gateway ("message"),
// and proxies (RFC 9457, and objects and lists under "error" and "errors").
type errorDocument struct {
	ErrorCode    text `json:"errorCode"`
	ErrorSummary text `json:"errorSummary"`
	ErrorID      text `json:"errorId"`
	ErrorCauses  []struct {
		ErrorSummary text `json:"errorSummary"`
	} `json:"errorCauses"`

	Error            text `json:"error"`
	ErrorDescription text `json:"error_description"`

	Message text   `json:"message"`
	Title   text   `json:"title"`
	Detail  text   `json:"detail"`
	Errors  []text `json:"errors"`
}

// A text is a string, or the string that says most in an object or a list. A value
// of any other type counts as empty, so that one odd member does not hide the others.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*t = text(textOf(v))
	return nil
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var parts []string
		for _, part := range v {
			if s := textOf(part); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, "; ")
	case map[string]any:
		for _, name := range []string{"message", "errorSummary", "error_description", "description", "detail", "title", "reason", "code"} {
			if s := textOf(v[name]); s != "" {
				return s
			}
		}
	}
	return ""
}

// readBody takes the text from an error's body, whatever form that has. The body of a
// success that cannot be read is not repeated: it may hold a token or a temporary
// password.
func (e *Error) readBody(body []byte, h http.Header, clean func(string) string) {
	body = bytes.TrimSpace(body)
	if looksLikeHTML(body, h) {
		e.Hint = "the answer is a web page, not Okta's JSON: is a proxy or a sign-in page in between?"
		e.Summary = cleanText(clean, pageTitle(body))
		return
	}
	var doc errorDocument
	success := 200 <= e.StatusCode && e.StatusCode < 300
	if !readErrorDocument(body, &doc) {
		if success {
			return
		}
		e.Summary = cleanText(clean, string(body)) // plain text, or JSON that says it in its own way
		return
	}
	e.Code, e.ID = cleanText(clean, string(doc.ErrorCode)), cleanText(clean, string(doc.ErrorID))
	for _, c := range doc.ErrorCauses[:min(len(doc.ErrorCauses), maxCauses)] {
		e.Causes = append(e.Causes, cleanText(clean, string(c.ErrorSummary)))
	}
	if e.OAuthError == "" {
		e.OAuthError, e.OAuthDescription = cleanText(clean, string(doc.Error)), cleanText(clean, string(doc.ErrorDescription))
	}
	for _, s := range append([]text{doc.ErrorSummary, doc.Message, doc.Detail, doc.Title}, doc.Errors...) {
		if e.Summary = cleanText(clean, string(s)); e.Summary != "" {
			return
		}
	}
	if !success && e.Code == "" && e.OAuthError == "" && string(body) != "{}" {
		e.Summary = cleanText(clean, string(body))
	}
}

// readErrorDocument reports whether the body is a JSON object, and reads it. Members
// of an unexpected type are left out.
func readErrorDocument(body []byte, doc *errorDocument) bool {
	if !bytes.HasPrefix(body, []byte("{")) || !json.Valid(body) {
		return false
	}
	_ = json.Unmarshal(body, doc) // an error is about the type of one member: the others are read
	return true
}

func looksLikeHTML(body []byte, h http.Header) bool {
	body = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\ufeff")))
	named := strings.Contains(strings.ToLower(h.Get("Content-Type")), "html")
	return named && !bytes.HasPrefix(body, []byte("{")) || bytes.HasPrefix(body, []byte("<"))
}

var titleElement = regexp.MustCompile(`(?is)<(title|h1)[^>]*>\s*(.*?)\s*</(?:title|h1)>`)

// pageTitle is what a web page calls itself.
func pageTitle(body []byte) string {
	m := titleElement.FindSubmatch(body[:min(len(body), 64<<10)])
	if m == nil {
		return ""
	}
	return html.UnescapeString(string(m[2]))
}
