package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
)

// A replayer sends recorded exchanges to a handler that stands for an org.
type replayer struct {
	handler       http.Handler
	host          string // the org's host
	authorization string // sent with every request but the token requests
	assertion     func() (string, error)
	ids           *idMap
}

// An outcome is what came of one exchange.
type outcome struct {
	exchange exchange
	status   int
	code     string   // the error code answered, if it is not the recorded one
	recorded int      // key paths in the recorded body
	missing  []string // of those, the ones the answer lacks
	extra    []string // key paths only the answer has
}

// differences returns what the outcome differs in: the status alone if that is
// another one, and of key paths the topmost.
func (o outcome) differences() []difference {
	name := o.exchange.String()
	var all []difference
	if o.status != o.exchange.Status {
		return []difference{{name, "status", strconv.Itoa(o.status)}}
	}
	if o.code != "" {
		all = append(all, difference{name, "code", o.code})
	}
	for _, key := range topmost(o.missing) {
		all = append(all, difference{name, "missing", key})
	}
	for _, key := range topmost(o.extra) {
		all = append(all, difference{name, "extra", key})
	}
	return all
}

// replay sends one exchange, learns the ids of its answer and compares.
func (p *replayer) replay(e exchange) (outcome, error) {
	req, err := p.request(e)
	if err != nil {
		return outcome{}, fmt.Errorf("conformance: %s: %w", e, err)
	}
	status, body, err := p.send(req)
	if err != nil {
		return outcome{}, fmt.Errorf("conformance: %s: %w", e, err)
	}
	p.ids.learn(e.ResponseBody, body)
	code := errorCode(body)
	if code == errorCode(e.ResponseBody) {
		code = ""
	}
	recorded, answered := keyPaths(e.ResponseBody), keyPaths(body)
	return outcome{
		code:     code,
		exchange: e,
		status:   status,
		recorded: len(recorded),
		missing:  minus(recorded, answered),
		extra:    minus(answered, recorded),
	}, nil
}

// errorCode returns the code in an error of Okta's API or of OAuth.
func errorCode(body any) string {
	object, _ := body.(map[string]any)
	if code, ok := object["errorCode"].(string); ok {
		return code
	}
	code, _ := object["error"].(string)
	return code
}

// request builds the request of an exchange, in the words of this org.
func (p *replayer) request(e exchange) (*http.Request, error) {
	query, err := p.query(e.Query)
	if err != nil {
		return nil, err
	}
	target := p.ids.text(e.Path)
	if query != "" {
		target += "?" + query
	}
	req, err := p.newRequest(e.Method, target, p.ids.value(requestBody(e)))
	if err != nil {
		return nil, err
	}
	if e.Template == "/oauth2/v1/token" {
		req.Header.Del("Authorization")
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req, nil
}

// newRequest builds a request as a server would read it off the wire.
func (p *replayer) newRequest(method, target string, body any) (*http.Request, error) {
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	req := httptest.NewRequest(method, target, bytes.NewReader(content))
	req.Host = p.host
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", p.authorization)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Content-Length", strconv.Itoa(len(content)))
	return req, nil
}

// query translates the ids of a recorded query and signs the client assertion
// that was taken out of it.
func (p *replayer) query(recorded string) (string, error) {
	if !strings.Contains(recorded, "<jwt>") {
		return p.ids.text(recorded), nil
	}
	assertion, err := p.assertion()
	if err != nil {
		return "", err
	}
	return strings.ReplaceAll(p.ids.text(recorded), "<jwt>", url.QueryEscape(assertion)), nil
}

// send returns the status and the decoded body, nil if there is none.
func (p *replayer) send(req *http.Request) (int, any, error) {
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, req)
	res := w.Result()
	content, err := io.ReadAll(res.Body)
	if err != nil || len(content) == 0 {
		return res.StatusCode, nil, err
	}
	var body any
	if err := json.Unmarshal(content, &body); err != nil {
		return 0, nil, fmt.Errorf("the answer is not JSON: %w", err)
	}
	return res.StatusCode, body, nil
}

// call sends a request that no recording holds and decodes the answer into
// out, unless that is nil. It is an error if the status is not 2xx.
func (p *replayer) call(method, target string, body, out any) error {
	req, err := p.newRequest(method, target, body)
	if err != nil {
		return fmt.Errorf("conformance: %w", err)
	}
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, req)
	if w.Code/100 != 2 {
		return fmt.Errorf("conformance: %s %s: status %d: %s", method, target, w.Code, w.Body)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
		return fmt.Errorf("conformance: %s %s: %w", method, target, err)
	}
	return nil
}
