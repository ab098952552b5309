package oktaint

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
)

// An answer is the body of a 2xx answer, with what an error about it needs.
type answer struct {
	req        *http.Request
	resp       *http.Response
	bytes      []byte
	credential credentialSent
}

// read decodes the body into out, after a look at whether it can be what was
// asked for. Proxies answer 200 with all kinds of things.
func (a *answer) read(out any) error {
	switch o := out.(type) {
	case NoContent:
		return a.readNothing()
	case checked:
		if err := a.read(o.out); err != nil {
			return err
		}
		if !o.ok() {
			return a.error("the answer does not hold what was asked for")
		}
		return nil
	}
	o, mayBeEmpty := out.(optional)
	if mayBeEmpty {
		out = o.out
	}
	mayBeEmpty = mayBeEmpty || out == nil
	body := bytes.TrimSpace(a.bytes)
	switch {
	case len(body) == 0 && mayBeEmpty:
		return nil
	case len(body) == 0:
		return a.error("the answer is empty")
	case looksLikeHTML(body, a.resp.Header):
		return a.error("the answer is not JSON")
	case isErrorObject(body):
		return a.error("the answer is an error, though its status is a success")
	case out == nil || mayBeEmpty && string(body) == "{}":
		return nil
	case body[0] != '{' && body[0] != '[':
		return a.error("the answer is neither an object nor a list")
	}
	return a.decode(out)
}

// readNothing accepts the 204 of a deletion.
func (a *answer) readNothing() error {
	if a.resp.StatusCode != http.StatusNoContent {
		return a.error("the answer is not the 204 that Okta gives to this request")
	}
	return nil
}

// isErrorObject reports whether a body is Okta's error object.
func isErrorObject(body []byte) bool {
	if body[0] != '{' || !bytes.Contains(body, []byte(`"errorCode"`)) {
		return false
	}
	var doc struct {
		ErrorCode string          `json:"errorCode"`
		ID        json.RawMessage `json:"id"`
	}
	return json.Unmarshal(body, &doc) == nil && doc.ErrorCode != "" && doc.ID == nil
}

// decode reads the body into out.
func (a *answer) decode(out any) error {
	err := json.Unmarshal(a.bytes, out)
	if err == nil {
		return nil
	}
	e := a.error("the answer is not the JSON that was expected")
	e.err = err
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Offset >= int64(len(a.bytes)) {
		e.Summary = "the answer's JSON ends early"
	}
	return e
}

// error describes an answer that is not what it should be. The summary, if there
// is one, replaces the text of the body.
func (a *answer) error(summary string) *Error {
	e := newError(a.req, a.resp, a.bytes, a.credential, summary)
	if e.Hint == "" && summary != "" {
		e.Hint = "this is not what Okta answers: is there a proxy between here and the org?"
	}
	return e
}
